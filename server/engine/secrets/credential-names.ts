/** What a name says about its value. `pass` and `vague` need more evidence than the others. */
export type NameKind = 'password' | 'pass' | 'secret' | 'vague';

const passwords = new Set([
  'password',
  'passwords',
  'passwd',
  'pwd',
  'passphrase',
  'passcode',
  'passwort',
  'kennwort',
  'senha',
  'contrasena',
]);
const secrets = new Set(['secret', 'secrets', 'credential', 'credentials', 'token']);
const keyQualifiers = new Set(
  'access account admin aes api apikey app auth authentication client consumer crypto deploy encryption hmac jwt license master private secret service shared signing signature ssh storage subscription webhook cipher session'.split(
    ' ',
  ),
);
/** `csrfToken`, `nextToken`, `maxTokens`: tokens that open nothing. */
const tokenQualifiers = new Set(
  'csrf xsrf next page continuation cancel cancellation design sync max min num count first last start end eos bos pad unk sep cls mask special stop lexer syntax id line separator paging pagination'.split(
    ' ',
  ),
);
/** Words that make the whole name an action, a question or something public: `updatePassword`, `hasToken`, `existingSecret`, `publicKey`. */
const disclaimers = new Set(
  'update require required requires reset show hide forgot forgotten change has is use uses allow enable disable generate rotate validate verify check confirm get no ask prompt toggle create missing invalid wrong incorrect expired existing public pub publishable site without needs empty old hashed encrypted'.split(
    ' ',
  ),
);
/** What may follow the noun without changing what it is: `password_prod`, `secretValue`, `API_KEY_2`. */
const trailing = new Set(
  'value val str string base text plain plaintext raw default prod production dev development test testing stage staging live qa uat main primary secondary base64 b64 new current local'.split(
    ' ',
  ),
);
/** Nouns that are written together with the word before: `dbpassword`, `authtoken`, `apikey`. */
const glued = /^(.*?)(password|passwd|passphrase|secret|token|(?:access|api|auth|private|secret|encryption|signing)key)$/;

/** The words of an identifier, in lower case: `dbPassword`, `DB_PASSWORD` and `db-password` are `db password`. */
export function wordsOf(name: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of name.slice(-120).matchAll(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)) {
    const lower = word.toLowerCase();
    const parts = glued.exec(lower);
    if (!parts) words.push(lower);
    else {
      if (parts[1]) words.push(parts[1]);
      const noun = parts[2]!;
      if (noun.endsWith('key')) words.push(noun.slice(0, -3), 'key');
      else words.push(noun);
    }
  }
  return words;
}

/** Most names hold none of these and need no splitting. */
const anyNoun = /pass|pwd|pw|secret|token|key|credential|auth|bearer|pat|kennwort|senha|contrasena/i;

/** Whether a name is that of a credential: its last noun decides (`passwordPolicy` is a policy), and what qualifies it. */
export function nameKind(name: string): NameKind | undefined {
  if (!anyNoun.test(name)) return undefined;
  const words = [...wordsOf(name)];
  while (words.length > 1 && trailing.has(words.at(-1)!)) words.pop();
  const head = words.pop();
  if (head === undefined || words.some((w) => disclaimers.has(w))) return undefined;
  const qualifier = words.at(-1) ?? '';
  if (passwords.has(head)) return 'password';
  if (head === 'pass' || head === 'pw') return words.length > 0 ? 'password' : 'pass';
  if (secrets.has(head)) return head === 'token' && tokenQualifiers.has(qualifier) ? undefined : 'secret';
  if (head === 'keys' && qualifier === 'api') return 'secret';
  if (head === 'key') return keyQualifiers.has(qualifier) ? 'secret' : undefined;
  if (head === 'auth' || head === 'authorization' || head === 'bearer' || head === 'pat') return 'vague';
  return undefined;
}
