import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const admin = 'roles/cloudkms.admin';
const uses = /^roles\/cloudkms\.cryptoKey(?:Encrypter|Decrypter|EncrypterDecrypter)/;
const bindings = ['google_project_iam_binding', 'google_kms_crypto_key_iam_binding', 'google_kms_key_ring_iam_binding'];
const members = ['google_project_iam_member', 'google_kms_crypto_key_iam_member', 'google_kms_key_ring_iam_member'];

/** Somebody who administers keys and may use them as well: in one policy, or by roles given one by one. */
const check: Check = ({ types, node, scope }) => {
  if (types.includes('data.google_iam_policy')) {
    const all = at(node, 'binding').found.flatMap((found) => items(found.node));
    const users = new Set(all.filter((one) => uses.test(text(get(one, 'role')) ?? '')).flatMap(who));
    return hits(
      all.filter((one) => text(get(one, 'role')) === admin),
      users,
    );
  }
  if (text(get(node, 'role')) !== admin) return [];
  const users = new Set(
    [...bindings, ...members]
      .flatMap((type) => scope.ofType(type))
      .filter((other) => uses.test(text(get(other.node, 'role')) ?? ''))
      .flatMap((other) => who(other.node)),
  );
  return hits([node], users);
};

function hits(administered: readonly Node[], users: ReadonlySet<string>): ReturnType<Check> {
  return administered.flatMap((one) =>
    membersOf(one)
      .filter((member) => users.has(text(member) ?? ''))
      .map((member) => ({ span: member.span, values: { value: text(member)! } })),
  );
}

function membersOf(node: Node): readonly Node[] {
  return ['members', 'member'].flatMap((key) => items(get(node, key)));
}

function who(node: Node): readonly string[] {
  return membersOf(node).flatMap((member) => text(member) ?? []);
}

export default check;
