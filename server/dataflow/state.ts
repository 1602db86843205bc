import type { Binding } from './scopes.ts';
import { union, type Value } from './values.ts';

/** The variables at one point of a function. Copies share their maps until one of them is written to. */
export class State {
  private own: boolean;
  private vars: Map<Binding, Value | undefined>;
  /** Expressions, as written, that a condition has proved harmless. */
  private safe: ReadonlySet<string>;

  constructor(vars = new Map<Binding, Value | undefined>(), safe: ReadonlySet<string> = new Set<string>(), own = true) {
    this.vars = vars;
    this.safe = safe;
    this.own = own;
  }

  copy(): State {
    this.own = false;
    return new State(this.vars, this.safe, false);
  }

  has(binding: Binding): boolean {
    return this.vars.has(binding);
  }

  get(binding: Binding): Value | undefined {
    return this.vars.get(binding);
  }

  set(binding: Binding, value: Value | undefined): void {
    if (!this.own) {
      this.vars = new Map(this.vars);
      this.own = true;
    }
    this.vars.set(binding, value);
  }

  /** An expression, as it is written, is harmless from here on. */
  prove(written: string): void {
    this.safe = new Set([...this.safe, written]);
  }

  get proves(): boolean {
    return this.safe.size > 0;
  }

  proved(written: string): boolean {
    return this.safe.has(written);
  }

  /** What was proved of a variable no longer holds. */
  forget(name: string): void {
    if (!this.safe.size) return;
    this.safe = new Set([...this.safe].filter((written) => written !== name && !written.startsWith(`${name}.`)));
  }

  /** What holds after either of two ways. */
  static join(a: State, b: State): State {
    const safe = a.safe === b.safe ? a.safe : new Set([...a.safe].filter((written) => b.safe.has(written)));
    if (a.vars === b.vars) return new State(a.vars, safe, false);
    const vars = new Map(a.vars);
    // What one way has proved harmless comes out of it as nothing: `if (!known(x)) x = 'a';`.
    const proves = (state: State, binding: Binding): boolean => state.safe.has(binding.name) && !safe.has(binding.name);
    for (const [binding, value] of b.vars) {
      const before = proves(a, binding) ? undefined : vars.get(binding);
      vars.set(binding, proves(b, binding) ? before : union(before, value));
    }
    return new State(vars, safe);
  }
}
