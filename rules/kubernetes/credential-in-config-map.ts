import { at, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { holdsCredential } from './credential-in-environment.ts';

/** Entries of a config map that are credentials, or lines of a properties file in one. */
const check: Check = ({ node }) => {
  const data = at(node, 'data').found[0]?.node;
  if (data?.kind !== 'map') return [];
  return data.entries.flatMap(({ key, value }): Hit[] => {
    const content = text(value);
    if (content === undefined) return [];
    if (holdsCredential(key, content)) return [{ span: value.span, values: { key } }];
    for (const line of content.split('\n', 500)) {
      const parts = /^[ \t]{0,8}([\w.-]{1,80})[ \t]{0,4}[=:][ \t]{0,4}["']?([^"'\s]{1,200})["']?[ \t]{0,4}$/.exec(line);
      if (parts && holdsCredential(parts[1]!, parts[2])) return [{ span: value.span, values: { key: parts[1]! } }];
    }
    return [];
  });
};

export default check;
