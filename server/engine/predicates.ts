import { lacksTags, unapprovedName, unapprovedNetwork, unapprovedRegistry } from './approved.ts';
import { decodeBase64, latin1 } from './secrets/base64.ts';
import { at, get, items, text, type MapNode, type Node } from './tree.ts';

/** True, false, or (undefined) not to be known here. */
export type Truth = boolean | undefined;

/** A named question about one value. `argument` is what the page wrote after the name. */
export type Predicate = (node: Node, argument: unknown) => Truth;

const ANY_ADDRESS = new Set(['*', 'any', 'internet', '<nw>/0', '0.0.0.0', '::']);

/** A range that covers (nearly) the whole internet: `0.0.0.0/0`, `::/0`, any prefix shorter than /8, Azure's `*` and `Internet`. `fc00::/7` is IPv6's private space. */
const publicCidr: Predicate = (node) =>
  known(node, (value) => {
    const range = value.trim().toLowerCase();
    if (ANY_ADDRESS.has(range)) return true;
    const prefix = /^[0-9a-f.:]+\/(\d{1,3})$/.exec(range);
    return prefix !== null && Number(prefix[1]) < 8 && range !== 'fc00::/7';
  });

/** `"*"`, `{ "AWS": "*" }`, `arn:aws:iam::*:root` or `arn:aws:iam::*`: anybody in a resource policy. */
const wildcardPrincipal: Predicate = (node) => {
  if (node.kind === 'map') {
    let answer: Truth = node.open ? undefined : false;
    for (const entry of node.entries) {
      if (entry.key === 'Service' || entry.key === 'Federated') continue;
      for (const item of items(entry.value)) answer = or(answer, wildcardPrincipal(item, undefined));
    }
    return answer;
  }
  if (node.kind === 'list')
    return node.items.reduce<Truth>((sum, item) => or(sum, wildcardPrincipal(item, undefined)), node.open ? undefined : false);
  return known(node, (value) => value === '*' || /^arn:aws[\w-]*:iam::\*(?::|$)/.test(value));
};

/** An image whose content can change under the same name: no tag, or one that names a channel such as `latest`; a digest pins it. `scratch` is nothing at all. */
const mutableImage: Predicate = (node) =>
  // A variable of CI may hold a registry, a name, a tag or all of them.
  text(node)?.includes('$') ? (text(node)!.endsWith(':latest') ? true : undefined) : known(node, isMutableImage);

/** Tags that every publisher moves; `18` or `3.12-slim` move too, but within what their name promises. */
const CHANNELS: ReadonlySet<string> = new Set(
  'latest stable edge nightly canary beta dev develop development test testing unstable rolling main master snapshot'.split(' '),
);

export function isMutableImage(image: string): boolean {
  if (image === '' || image === 'scratch' || image.includes('@sha256:')) return false;
  const tag = /:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1];
  return tag === undefined || CHANNELS.has(tag);
}

/** A user that is root: `root`, `0`, with or without a group. */
const rootUser: Predicate = (node) => known(node, (value) => /^(root|0)(:|$)/.test(value));

/**
 * A rule (a map) that opens one of the given TCP ports, in the words of AWS (`from_port`/`to_port`, `FromPort`), OpenStack
 * (`port_range_min`/`port_range_max`), Azure (`destination_port_range(s)`), Google (`ports`) and others (`port_range`, `port`): a
 * port, a range `20-25` or `20/25`, or several of them with commas. All protocols (`-1`, `all`, `any`) open every port.
 */
const portOpen: Predicate = (node, argument) => {
  if (node.kind !== 'map') return false;
  const wanted = (Array.isArray(argument) ? argument : [argument]).map(Number);
  const protocol = first(node, ['ip_protocol', 'protocol', 'IpProtocol', 'Protocol']);
  if (protocol?.kind === 'unknown') return undefined;
  const name = text(protocol)?.toLowerCase();
  if (name === '-1' || name === 'all' || name === 'any') return true;
  if (name === 'udp' || name === '17' || name === 'icmp' || name === 'icmpv6' || name === '1' || name === '58') return false;
  const from = first(node, ['from_port', 'FromPort', 'port_range_min']);
  const to = first(node, ['to_port', 'ToPort', 'port_range_max']);
  if (from ?? to) {
    const low = number(from);
    const high = number(to ?? from);
    if (low === undefined || high === undefined) return undefined;
    return wanted.some((port) => low <= port && port <= high);
  }
  const ranges = ['destination_port_range', 'destination_port_ranges', 'ports', 'DestinationPortRange', 'port_range', 'port'].flatMap(
    (key) => at(node, key).found.flatMap((found) => items(found.node)),
  );
  let answer: Truth = ranges.length === 0 && name !== undefined && node.entries.every((e) => e.key === 'protocol') ? true : false;
  for (const range of ranges) {
    answer = or(
      answer,
      known(range, (value) => {
        if (/^(?:\*|all|-1(?:\/-1)?)$/i.test(value)) return true;
        return value.split(',').some((part) => {
          const [low, high] = part.split(/[-/]/).map(Number);
          return wanted.some((port) => low! <= port && port <= (high ?? low!));
        });
      }),
    );
  }
  return answer;
};

/** An IAM action list or name that stands for everything: `*`, `*:*`; with an argument also `<argument>:*`. */
const wildcardAction: Predicate = (node, argument) =>
  known(node, (value) => value === '*' || value === '*:*' || (typeof argument === 'string' && value.toLowerCase() === `${argument}:*`));

const KIND =
  'user|role|group|policy|instance-profile|function|table|stream|secret|parameter|key|db|cluster|repository|stateMachine|devEndpoint|domain|stack';
const EVERY_ARN = new RegExp(`^arn:[\\w*-]+:(?:s3:::\\*(?:/\\*)?|(?!s3:)[\\w-]+:[\\w*-]*:[\\d*]*:(?:\\*|(?:${KIND})[/:]\\*))$`);

/** A resource of an IAM policy that stands for all of its kind: `*`, `arn:aws:s3:::*`, `arn:aws:iam::111122223333:role/*`; region and account may be unknown. */
const everyResource: Predicate = (node) => {
  if (node.kind !== 'unknown') return known(node, (value) => value === '*' || EVERY_ARN.test(value));
  // What isn't known is taken for a word, so that it can only be a region, an account or the like.
  return node.parts && EVERY_ARN.test(node.parts.map((part) => part ?? '0').join('')) ? true : undefined;
};

/** A cleartext URL to another machine. */
const cleartextUrl: Predicate = (node) => known(node, (value) => /^(http|ftp):\/\/(?!localhost\b|127\.|\[::1\])/i.test(value));

const ASSIGNED_SECRET =
  /(?:^|[\s;])(?:[A-Za-z0-9_]{0,40}_)?(?:PASSWORD|PASSWD|SECRET|SECRET_?KEY|SECRET_?ID|SECRET_ACCESS_KEY|ACCESS_KEY_SECRET|API_KEY|TOKEN)=\\?['"]?(?!changeme|example|xxx|<)[^\s'"$`{<][^\s'"$`]{7,}/i;

/** A text `8000-9000` that names at least so many ports. */
const portsAtLeast: Predicate = (node, argument) =>
  known(node, (value) => {
    const range = /^(\d{1,5})-(\d{1,5})$/.exec(value.trim());
    return range !== null && Number(range[2]) - Number(range[1]) >= Number(argument) - 1;
  });

/** A start script, in clear or in base64, that assigns a password, key or token in clear (`export DB_PASSWORD=…`). */
const secretScript: Predicate = (node) =>
  known(node, (value) => {
    if (ASSIGNED_SECRET.test(value)) return true;
    const bytes = value.length >= 16 && value.length <= 65_536 ? decodeBase64(value.replace(/\s/g, '')) : undefined;
    return bytes !== undefined && ASSIGNED_SECRET.test(latin1(bytes));
  });

export const predicates: Readonly<Record<string, Predicate>> = {
  'public-cidr': publicCidr,
  'wildcard-principal': wildcardPrincipal,
  'wildcard-action': wildcardAction,
  'every-resource': everyResource,
  'mutable-image': mutableImage,
  'root-user': rootUser,
  'port-open': portOpen,
  'ports-at-least': portsAtLeast,
  'cleartext-url': cleartextUrl,
  'secret-script': secretScript,
  'unapproved-registry': unapprovedRegistry,
  'unapproved-region': unapprovedName,
  'unapproved-network': unapprovedNetwork,
  'unapproved-machine-image': unapprovedName,
  'lacks-tags': lacksTags,
};

/** Predicates that look at a whole map or list; the others get each scalar. */
export const structural = new Set(['port-open', 'wildcard-principal', 'lacks-tags']);

export function or(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}

export function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

export function not(a: Truth): Truth {
  return a === undefined ? undefined : !a;
}

function known(node: Node, test: (value: string) => boolean): Truth {
  if (node.kind === 'unknown') return undefined;
  return node.kind === 'scalar' && node.value !== null ? test(String(node.value)) : false;
}

function first(node: MapNode, keys: readonly string[]): Node | undefined {
  for (const key of keys) {
    const found = get(node, key);
    if (found) return found;
  }
  return undefined;
}

function number(node: Node | undefined): number | undefined {
  const value = text(node);
  return value === undefined || value.trim() === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
}
