import type { Node } from './nodes.ts';

/** What library functions and methods do with taint. Names are canonical (names.ts). */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Functions whose result holds what their arguments hold. */
const passing = words(
  `String decodeURIComponent decodeURI encodeURIComponent encodeURI escape unescape atob btoa structuredClone URL URLSearchParams Map Set
  FormData Headers Array Object JSON.parse JSON.stringify Object.assign Object.values Object.entries Object.keys Object.fromEntries
  Object.freeze Object.create Array.from Array.of Buffer.from Buffer.concat Buffer String.raw path.join path.resolve path.normalize
  path.basename path.dirname path.extname path.relative path.format path.parse path.posix.join path.posix.resolve path.win32.join
  util.format util.inspect url.parse url.resolve url.format url.URL url.URLSearchParams url.fileURLToPath querystring.parse
  querystring.stringify querystring.escape querystring.unescape qs.parse qs.stringify Promise.resolve Promise.all Promise.race Promise.any
  Promise.allSettled lodash.merge lodash.get lodash.defaults lodash.assign lodash.cloneDeep lodash.pick lodash.template lodash.trim
  lodash.compact lodash.uniq lodash.flatten lodash.first lodash.head lodash.last lodash.omit lodash.extend lodash.toString lodash.join
  lodash.values lodash.keys lodash.castArray lodash.unescape underscore.extend underscore.pick underscore.defaults Reflect.get
  querystring.decode cookie.parse js_yaml.load js_yaml.safeLoad yaml.parse json5.parse ini.parse toml.parse he.decode iconv_lite.decode
  xml2js.parseStringPromise fast_xml_parser.XMLParser().parse react.useState react.useMemo react.useRef`,
);

/** Methods after which nothing of the receiver is left that could harm: answers, numbers, digests. */
const ending = words(
  `includes has startsWith endsWith indexOf lastIndexOf search test some every charCodeAt codePointAt localeCompare hasOwnProperty equals
  isArray getTime valueOf digest findIndex`,
);

const ended = words('Number parseInt parseFloat Boolean BigInt isNaN isFinite Date Symbol');

/** Methods that put their arguments into the receiver. */
const filling = words('push unshift set append add concat splice write');

export type Effect = 'passes' | 'ends' | 'unknown';

export function effectOf(canonical: string | undefined, method: string | undefined): Effect {
  if (canonical && (passing.has(canonical) || ended.has(canonical))) return ended.has(canonical) ? 'ends' : 'passes';
  if (canonical && /^(?:Number|Math)\./.test(canonical)) return 'ends';
  return method && ending.has(method) ? 'ends' : 'unknown';
}

export const fills = (method: string): boolean => filling.has(method);

/** How a method calls the function it is given: with its receiver's items (or value), and what it returns. */
export function callbackOf(
  method: string,
): { readonly takes: readonly number[]; readonly returns: boolean; readonly receiver: boolean } | undefined {
  switch (method) {
    case 'map':
    case 'flatMap':
    case 'then':
      return { takes: [0], returns: true, receiver: false };
    case 'replace':
    case 'replaceAll':
      return { takes: [0, 1], returns: true, receiver: true };
    case 'forEach':
    case 'subscribe':
    case 'filter':
    case 'find':
    case 'findLast':
    case 'some':
    case 'every':
    case 'sort':
      return {
        takes: method === 'sort' ? [0, 1] : [0],
        returns: false,
        receiver: method !== 'forEach' && method !== 'subscribe' && method !== 'some' && method !== 'every',
      };
    case 'reduce':
    case 'reduceRight':
      return { takes: [0, 1], returns: true, receiver: false };
    default:
      return undefined;
  }
}

/** Library functions that call their last argument with each item of the first. */
export const iterates = (canonical: string | undefined): boolean =>
  canonical !== undefined &&
  /^(?:async|lodash|_|underscore|bluebird|Promise|p_map|jQuery|\$)(?:\.(?:each|forEach|map|filter|flatMap|eachOf|eachSeries|eachLimit|mapSeries|mapLimit|forEachOf))?$/.test(
    canonical,
  );

/** Operators that give a number or an answer, whatever they are given. */
export const arithmetic = /^(?:[-*/%&|^]|\*\*|<<|>>>?|[=!]==?|[<>]=?|in|instanceof)$/;

/** Whether `replace(/[^\w.-]/g, …)` leaves nothing but letters, digits and what is harmless among them; `all`: whether it must ask for every one. */
export function keepsWordsOnly(regex: Node | undefined, all = true): boolean {
  if (regex?.type !== 'RegExpLiteral' || (all && !regex.flags.includes('g'))) return false;
  if (/^\(?\\[WD][+*]?\)?$/.test(regex.pattern)) return true;
  const kept = /^\(?\[\^((?:[^\]\\]|\\.)*)\][+*]?\)?$/.exec(regex.pattern)?.[1];
  return kept !== undefined && /^(?:\\[wds.-]|[a-zA-Z0-9]-[a-zA-Z0-9]|[\w .@-])*$/.test(kept);
}
