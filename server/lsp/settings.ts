import { severities, type Severity } from '../engine/types.ts';

/** The `leftward.*` settings of a folder. */
export interface Settings {
  readonly enable: boolean;
  readonly preset: 'recommended' | 'all';
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  /** Milliseconds without typing before a document is analysed. */
  readonly debounce: number;
}

export const defaults: Settings = { enable: true, preset: 'recommended', rules: {}, debounce: 150 };

/** Reads what a client sent; what is missing or of the wrong type is as if it had not been set. */
export function readSettings(value: unknown): Settings {
  const given = isRecord(value) ? value : {};
  const { enable, preset, rules, debounce } = given;
  return {
    enable: typeof enable === 'boolean' ? enable : defaults.enable,
    preset: preset === 'all' ? 'all' : defaults.preset,
    rules: isRecord(rules) ? Object.fromEntries(Object.entries(rules).filter(isOverride)) : defaults.rules,
    debounce: typeof debounce === 'number' && debounce >= 0 ? Math.min(debounce, 5000) : defaults.debounce,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOverride(entry: [string, unknown]): entry is [string, Severity | 'off'] {
  return entry[1] === 'off' || (severities as readonly unknown[]).includes(entry[1]);
}
