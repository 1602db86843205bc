import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Programs that fetch what their words name. */
const FETCHES = /^(curl|wget|git|pip[\d.]*|npm|gem|go|aria2c|rpm)$/;
const CHECKS = /^(sha\d+sum|shasum|md5sum|gpg2?|gpgv|cosign|minisign|openssl|b2sum)$/;

/** Cleartext URLs of hosts with a domain: `http://api:8080` is a neighbour, not the internet. */
const check: Check = (fact) => {
  const commands = commandsOf(fact.node);
  if (commands.some((command) => CHECKS.test(text(command, 'program') ?? ''))) return [];
  return commands.flatMap((command) => {
    if (!FETCHES.test(text(command, 'program') ?? '')) return [];
    return items(get(command, 'words')).flatMap((word): Hit[] => {
      const url = urlOf(word);
      return url === undefined || !public_.test(url) || proxied(command, word)
        ? []
        : [{ span: word.span, values: { value: url }, ...fixOf(fact.document.text, word) }];
    });
  });
};

const public_ =
  /^(http|ftp):\/\/(?!127\.|10\.|192\.168\.|169\.254\.|0\.0\.0\.0|\[)(?![^/:]*\.(local|internal|svc|cluster\.local|localhost|test)(?=[/:]|$))[^/:@]+\.[a-z0-9-]{2,}(?=[/:?#]|$)/i;

function urlOf(word: Node): string | undefined {
  const known = text(word) ?? (word.kind === 'unknown' ? word.parts?.[0] : undefined);
  return /^(?:--[\w-]+=)?((?:http|ftp):\/\/\S+)/i.exec(known ?? '')?.[1];
}

/** A proxy is named by its URL, a header or body only mentions one. */
function proxied(command: Node, word: Node): boolean {
  const words = items(get(command, 'words'));
  const before = text(words[words.indexOf(word) - 1]) ?? '';
  return /^(-x|-e|--proxy|--preproxy|-H|--header|-d|--data(-raw|-binary|-urlencode)?|-F|--form|--referer|--socks5|config|set|http\.proxy|https\.proxy|proxy|https-proxy)$/.test(
    before,
  );
}

function fixOf(text_: string, word: Node): Pick<Hit, 'fix'> | undefined {
  const start = text_.indexOf('http://', word.span.start);
  if (start < 0 || start >= word.span.end) return undefined;
  return { fix: { title: 'Use https', safe: false, edits: [{ op: 'replace', span: { start, end: start + 7 }, text: 'https://' }] } };
}

export default check;
