import { nameKind } from '../../server/engine/secrets/credential-names.ts';
import { placeholder } from '../../server/engine/secrets/placeholders.ts';
import { look } from '../../server/engine/secrets/randomness.ts';
import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';

/** Where variables stand: as maps with a name and a value, or as one map from names to values. */
const pairs = [
  'container_definitions.environment',
  'container_properties.environment',
  'environment.environment_variable',
  'ContainerDefinitions.Environment',
  'ContainerProperties.Environment',
  'Environment.EnvironmentVariables',
];
const maps = ['environment.variables', 'Environment.Variables'];

const ownKey = /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/;
const accessKey = /^A(?:KIA|SIA)[A-Z2-7]{16}$/;

/** Variables with a credential's name or look, and a literal value that is no placeholder, name or address of something else. */
const check: Check = (fact) => [...pairs.flatMap((path) => ofPairs(fact, path)), ...maps.flatMap((path) => ofMap(fact, path))];

function ofPairs(fact: Fact, path: string): readonly Hit[] {
  return at(fact.node, path)
    .found.flatMap(({ node }) => items(node))
    .flatMap((one) => {
      if (one.kind !== 'map') return [];
      const [name, value, type] = (['name', 'value', 'type'] as const).map((key) => get(one, key) ?? get(one, capital(key)));
      // CodeBuild: the value is the name of a secret or parameter.
      if (type && text(type) !== 'PLAINTEXT') return [];
      return hits(text(name), value);
    });
}

function ofMap(fact: Fact, path: string): readonly Hit[] {
  return at(fact.node, path).found.flatMap(({ node }) =>
    node.kind === 'map' ? node.entries.flatMap(({ key, value }) => hits(key, value)) : [],
  );
}

function hits(name: string | undefined, node: Node | undefined): readonly Hit[] {
  const value = text(node);
  return name !== undefined && value !== undefined && isSecret(name, value) ? [{ span: node!.span, values: { name } }] : [];
}

function isSecret(name: string, value: string): boolean {
  if (placeholder(value) !== undefined) return false;
  // These names hold nothing else.
  if (accessKey.test(value) || ownKey.test(name)) return true;
  if (value.length < 6 || value.length > 4096 || /\s|^[/.]|:\/\/|^arn:|^(?:true|false|enabled|disabled)$/i.test(value)) return false;
  const kind = nameKind(name);
  if (kind === undefined || kind === 'vague') return false;
  // A word beside `secret` or `token` is mostly the name of one.
  return kind === 'password' ? !/^[a-z]+(?:[-_/][a-z]+)+$/i.test(value) : ['random', 'mixed'].includes(look(value));
}

const capital = (key: string): string => key[0]!.toUpperCase() + key.slice(1);

export default check;
