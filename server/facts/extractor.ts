import type { Fact, Literal, Platform, Scope } from '../engine/types.ts';
import type { Imports } from '../dataflow/foreign.ts';
import type { Parsed } from '../parse/parsed.ts';

/** A platform is one file that exports one of these; facts/index.ts lists them. */
export interface Extractor {
  readonly platform: Platform;
  /** By content and path together. Cheap: it is asked for every document of a possible syntax. */
  recognises(parsed: Parsed): boolean;
  /** The facts of `parsed`; `imports` leads a program to the files that it imports; `siblings` are the other documents of its folder that have the same platform. Never throws. */
  facts(parsed: Parsed, siblings: readonly Parsed[], imports?: Imports): readonly Fact[];
  /** Only where literals are not simply the scalars of the trees (JavaScript, Dockerfile, Kubernetes Secret). */
  literals?(parsed: Parsed): readonly Literal[];
}

/** A scope over a fixed list of facts. `facts` is called at the first question only. */
export function scopeOf(facts: () => readonly Fact[]): Scope {
  let byType: Map<string, Fact[]> | undefined;
  let byAddress: Map<string, Fact> | undefined;
  const index = (): void => {
    byType = new Map();
    byAddress = new Map();
    for (const fact of facts()) {
      for (const type of fact.types) {
        const list = byType.get(type);
        if (list) list.push(fact);
        else byType.set(type, [fact]);
      }
      if (fact.address) byAddress.set(fact.address, fact);
    }
  };
  return {
    ofType(type) {
      if (!byType) index();
      return byType!.get(type) ?? [];
    },
    /** Longest prefix wins: `aws_s3_bucket.logs.id` finds `aws_s3_bucket.logs`. */
    resolve(ref) {
      if (!byAddress) index();
      for (let key = ref; key; key = key.slice(0, Math.max(0, key.lastIndexOf('.')))) {
        const fact = byAddress!.get(key);
        if (fact) return fact;
      }
      return undefined;
    },
  };
}
