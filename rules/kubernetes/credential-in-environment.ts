import { at, entryOf, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const named =
  /(?:^|[_.-])(?:password|passwd|pwd|passphrase|secret|secret_?key|api_?key|access_?key|private_?key|auth_?token|access_?token|api_?token|token)$/i;
/** Switches, references, paths and addresses, and words that say that there is none. */
const harmless =
  /^(?:true|false|yes|no|on|off|none|null|\d{0,3})$|\$[({]|^\$|\{\{|^\/|^\.\/|^[a-z][a-z\d+.-]{0,20}:\/\/|^[<[].*[>\]]$|^(?:insert|your|replace|enter)[ _-]|^x{3,}$/i;

/** A value that is plainly no credential: empty, a switch, a path, a reference to something else. */
export function holdsCredential(name: string, value: string | undefined): boolean {
  return (
    value !== undefined && named.test(name) && !/(?:^|_)(?:random|allow_empty|use|enable|no|disable)_/i.test(name) && !harmless.test(value)
  );
}

/** Environment variables with the name of a credential and a value in clear. */
const check: Check = ({ node }) =>
  items(entryOf(node, 'env')?.value).flatMap((variable): Hit[] => {
    const value = at(variable, 'value').found[0]?.node;
    return value && holdsCredential(text(variable, 'name') ?? '', text(value)) ? [{ span: value.span }] : [];
  });

export default check;
