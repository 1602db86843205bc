import type { FileRole } from './credential-files.ts';
import { fileRole } from './credential-files.ts';
import type { NameKind } from './credential-names.ts';
import { nameKind, wordsOf } from './credential-names.ts';
import { placeholder } from './placeholders.ts';
import type { Look } from './randomness.ts';
import { look } from './randomness.ts';
import type { Span } from '../tree.ts';
import type { Literal, SourceDocument } from '../types.ts';

/** A literal that is a credential, and why. */
export interface Credential {
  readonly value: string;
  readonly span: Span;
  readonly reasons: readonly string[];
}

const enough = 4;
const namePoints: Readonly<Record<NameKind, number>> = { password: 3, pass: 2, secret: 2, vague: 1 };
const nameReasons: Readonly<Record<NameKind, string>> = {
  password: 'names a password',
  pass: 'may name a password',
  secret: 'names a secret',
  vague: 'may name a secret',
};
const lookPoints: Readonly<Record<Look, number>> = { random: 3, mixed: 2, decorated: 1, word: 0 };
const lookReasons: Readonly<Record<Look, string>> = {
  random: 'the value looks random',
  mixed: 'the value mixes letters and digits as passwords do',
  decorated: 'the value is a word with digits or signs, as people choose passwords',
  word: 'the value is a plain word: weak, but it opens the door',
};

/** Values that are settings, types or HTTP words, whatever the name beside them. */
const ordinary = new Set(
  'true false yes no on off always never required optional none null nil undefined enabled disabled inherit read write string text password passwd number boolean bool object array any unknown void bytes binary varchar bearer basic digest oauth oauth2 jwt token secret apikey default auto manual on_create once current same hidden ask prompt env file vault keychain external internal random generated basic_auth api_key client_secret access_token refresh_token id_token forbidden exclude include allow deny public private header query cookie body'.split(
    ' ',
  ),
);
/** Keys round a literal that make it a description of data rather than data. */
const descriptions = new Set(
  'properties definitions schema schemas example examples labels label messages message i18n translations translation errors error placeholder placeholders tooltip tooltips encrypteddata sops permissions outputs description descriptions'.split(
    ' ',
  ),
);
/** Keys whose value belongs to the name that stands beside it: `name: DB_PASSWORD, value: …`. */
const carriers = new Set(['value', 'default', 'parametervalue', 'val', 'content']);
const namers = new Set(['name', 'key', 'parameterkey', 'id', 'variable']);
const companions =
  /(?:user|username|usr|login|uid|host|hostname|server|database|^db|dbname|port|email|account|endpoint|url|dialect|client_?id)$/i;

/** A test over all literals of a document at once, because neighbours count. Linear in their number; keeps their order. */
export function credentials(document: SourceDocument, literals: readonly Literal[]): readonly Credential[] {
  const role = fileRole(document);
  if (role === 'none') return [];
  const beside = companionsOf(literals);
  const names = new Map<string, Literal>();
  const found: Credential[] = [];
  for (const literal of literals) {
    const parent = parentOf(literal);
    if (namers.has(literal.key.toLowerCase())) names.set(parent, literal);
    const named = assignment(literal) ?? carried(literal, names.get(parent));
    const credential = judge(named, role, document, () => accompanied(literal, beside));
    if (credential) found.push(credential);
  }
  return found;
}

interface Named {
  readonly name: string;
  readonly value: string;
  readonly span: Span;
  readonly path: readonly string[];
}

function parentOf(literal: Literal): string {
  return literal.path.slice(0, -1).join('\0');
}

/** How near a user or host must stand, in characters. */
const near = 400;

/** Where users and hosts stand: their parent and the stretch of text. */
function companionsOf(literals: readonly Literal[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const literal of literals)
    if (companions.test(literal.key)) found.add(`${Math.floor(literal.span.start / near)} ${parentOf(literal)}`);
  return found;
}

function accompanied(literal: Literal, beside: ReadonlySet<string>): boolean {
  const stretch = Math.floor(literal.span.start / near);
  const parent = parentOf(literal);
  return [stretch - 1, stretch, stretch + 1].some((s) => beside.has(`${s} ${parent}`));
}

/** `- POSTGRES_PASSWORD=root`, an item of a list of assignments: its own text has the name. */
function assignment(literal: Literal): Named | undefined {
  const parts = /^([A-Za-z_][A-Za-z0-9_.-]{0,80})=([^=\s][^\s]{0,511})$/.exec(literal.value);
  if (!parts || literal.value.length > 600) return undefined;
  if (nameKind(literal.key) || nameKind(parts[1]!) === undefined) return undefined;
  const written = literal.span.end - literal.span.start === literal.value.length;
  const start = written ? literal.span.start + parts[1]!.length + 1 : literal.span.start;
  return { name: parts[1]!, value: parts[2]!, span: { start, end: literal.span.end }, path: literal.path };
}

/** The literal under its own key, or under the name beside it or above it where the key only says `value` or `default`. */
function carried(literal: Literal, name: Literal | undefined): Named {
  const { value, span, path } = literal;
  const named = (n: string): Named => ({ name: n, value, span, path });
  if (!carriers.has(literal.key.toLowerCase())) return named(literal.key);
  if (name && name.span.end <= span.start && span.start - name.span.end < 400) return named(name.value);
  return named(path.at(-2) ?? literal.key);
}

function judge(named: Named, role: FileRole, document: SourceDocument, companion: () => boolean): Credential | undefined {
  const { name, value } = named;
  const kind = nameKind(name);
  if (!kind || value.length < 3 || value.length > 512 || !couldBeSecret(name, value, kind)) return undefined;
  if (named.path.slice(0, -1).some((key) => descriptions.has(key.toLowerCase()))) return undefined;
  // `PASSWORD: 'password'`: a constant that stands for its own name.
  if (role === 'code' && value !== name && value.toLowerCase() === name.toLowerCase()) return undefined;
  const likeness = lookOf(value, kind);
  const reasons = [`\`${name}\` ${nameReasons[kind]}`, lookReasons[likeness]];
  let points = namePoints[kind] + lookPoints[likeness];
  const add = (n: number, reason: string): void => {
    points += n;
    reasons.push(reason);
  };
  if (role === 'configuration') {
    if (kind === 'secret' && likeness === 'word' && document.syntax !== 'env' && nameOfSecret(name, value)) return undefined;
    add(1, 'a program runs with this configuration');
    if (kind !== 'password' && /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(name)) add(1, 'it is set as an environment variable');
  }
  if (kind !== 'secret' && companion()) add(1, 'it stands beside a user or host');
  if (role === 'example' && likeness !== 'random') return undefined;
  if (role === 'example') add(-2, 'but the file is an example or a test');
  return points >= enough ? { value, span: named.span, reasons } : undefined;
}

/** A digit-only token is a count or an id; a digit-only password is a bad password. */
function lookOf(value: string, kind: NameKind): Look {
  const likeness = look(value);
  // A slug of words with a version (`app-secret-v2`) is a name.
  if (likeness === 'decorated' && kind !== 'password' && /^[a-z]+(?:[-_.][a-z0-9]+)+$/i.test(value)) return 'word';
  return likeness;
}

/** Kubernetes, Vault and the clouds refer to secrets by names of lower-case words. */
function nameOfSecret(name: string, value: string): boolean {
  return /^[a-z0-9]+(?:[-./_][a-z0-9]+)*$/.test(value) && !/^[A-Z0-9_]+$/.test(name);
}

function couldBeSecret(name: string, value: string, kind: NameKind): boolean {
  if (placeholder(value) !== undefined || /\s/.test(value)) return false;
  const lower = value.toLowerCase();
  if (ordinary.has(lower) && !(kind === 'password' && /^(?:password|passwd|secret|default)$/.test(lower) && value !== name)) return false;
  if (lower.replace(/[^a-z0-9]/g, '') === name.toLowerCase().replace(/[^a-z0-9]/g, '') && kind !== 'password') return false;
  if (/^[A-Z][A-Z0-9]*(?:[_,-][A-Z0-9]+)+$/.test(value) && wordsOf(value).length > 1 && look(value) !== 'random') return false;
  if (/^\d+$/.test(value)) return kind === 'password' && value.length >= 4;
  if (dotted.test(value) && look(value) !== 'random') return false;
  return !shapes.some((shape) => shape.test(value));
}

/** `config.password`, `auth.login.title`, `Kind::Value`. */
const dotted = /^[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)+$/;

/** What looks like something else that is known by its form. */
const shapes: readonly RegExp[] = [
  // Addresses (those with a password in them have a rule of their own), ARNs and references into a store of secrets.
  /^[a-z][a-z0-9+.-]{1,30}:\/\//i,
  /^(?:arn|urn|vault|ssm|secretsmanager|sm|ref\+\w+|op|env|file|azurekeyvault|keyvault|gcp|kms|resource|secret|projects|classpath|lookup)[:/]/i,
  // Encrypted already: Ansible Vault, SOPS, Jasypt, Spring Cloud, KMS.
  /^(?:ENC\(|ENC\[|\{cipher\}|\{enc|AQICAH|\$ANSIBLE_VAULT|!vault|vault:v\d)/,
  // Hashes and public keys.
  /^(?:\$(?:2[aby]|argon2\w*|1|5|6|y|apr1|pbkdf2\S*|scrypt)\$|\{S?SHA\d*\}|(?:sha|md5)\d*[-:=]|pbkdf2|scrypt:|ssh-|ecdsa-|-----BEGIN (?:PUBLIC|CERTIFICATE))/i,
  /^(?:pk_(?:live|test)_|age1|MII[BC]Ij)/,
  // Sentences of languages without spaces.
  /[\u0370-\u1fff\u3000-\ud7af]/,
  // Paths, file names, glob patterns, selectors, colours, versions, durations.
  /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\)|\.(?:pem|key|crt|cer|json|txt|ya?ml|p12|pfx|jks|js|ts|env|html?|php|py|sh|md|xml|conf|properties)$/i,
  /^[#.][A-Za-z][\w-]*$|\[[\w-]+[~^$*|]?=|^#(?:[0-9a-f]{3}){1,2}$/i,
  /^[~^<>=v]{0,3}\d+(?:\.(?:\d+|[x*]))+(?:[-+][\w.-]+)?$|^\d+(?:ms|[smhd])$/,
  // Expressions: `getToken()`, `a ?? b`, `required|string`.
  /^[\w.]+\(.*\)?;?$|[\w)]\s?\?\?|^[\w:-]+(?:\|[\w:-]+)+$/,
  // Regular expressions, format strings, MIME types, e-mail addresses, HTTP headers.
  /^\^.*\$$|%[sd]|^[a-z]+\/[a-z.+-]+$|^[\w.+-]+@[\w-]+\.[a-z.]{2,}$|^x-[a-z-]+$/i,
];
