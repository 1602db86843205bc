import assert from 'node:assert/strict';
import { codeModel } from '../server/dataflow/model.ts';
import { Lines } from '../server/engine/positions.ts';
import type { CodeMatch } from '../server/engine/types.ts';
import { parseJavaScript } from '../server/parse/javascript.ts';

interface Found {
  readonly line: number;
  readonly steps: readonly string[];
}

function run(text: string, match: CodeMatch, path = 'a.tsx'): Found[] {
  const document = { path, text, syntax: 'javascript' as const };
  const { program } = parseJavaScript(document);
  assert.ok(program);
  const lines = new Lines(text);
  const line = (offset: number): number => lines.position(offset).line + 1;
  return codeModel(document, program)
    .search([{ rule: 'r', index: 0, match }])
    .map((hit) => ({ line: line(hit.span.start), steps: hit.related.map((r) => `${line(r.span.start)}: ${r.message}`) }));
}

const evaluated: CodeMatch = { flow: { from: ['user-input'], to: ['eval($HERE)'], unless: ['clean($HERE)'] } };

/** One finding each. */
const positive = [
  `app.get('/', (req, res) => { eval(req.query.x); });`,
  `app.get('/', (req, res) => { const { x: y } = req.query; const z = 'a' + y; eval(\`\${z}\`); });`,
  `function build(a) { return 'x' + a; }\napp.post('/', async (req, res) => { eval(build(req.body.name)); });`,
  `app.post('/', (req, res) => { go(req.body.name); });\nfunction go(a) {\n eval(a); }`,
  `app.post('/', (req, res) => { req.body.list.map(x => x.trim()).forEach((y) => { eval(y); }); });`,
  `app.use(async ctx => { eval(ctx.request.body.x); });`,
  `app.use(async ctx => { eval(ctx.query.x); });`,
  `exports.handler = async (event) => { const b = JSON.parse(event.body); eval(b.code); };`,
  `class C { @Get() f(@Query('x') x: string) { eval(x); } }`,
  `export async function POST(request: Request) { const body = await request.json(); eval(body.x); }`,
  `class S { constructor(x) { this.x = x; } }\nclass C { m(req, res) { this.v = req.body; this.go(); } go() { eval(this.v); } }`,
  `app.get('/', (req, res) => { let a = []; a.push(req.query.x); eval(a.join(' ')); });`,
  `app.get('/', (req, res) => { const o = { a: 1, b: req.query.x }; eval(o.b); });`,
  `app.get('/', (req, res) => { let s = ''; for (const k of Object.keys(req.query)) { s += k; } eval(s); });`,
  `app.get('/', (req, res) => { Promise.resolve(req.query.x).then(v => eval(v)); });`,
  `app.get('/', function (request, response) { var q = url.parse(request.url, true).query; eval(q.x) });`,
  `router.get('/:id', (a, b) => { eval(a.params.id); });`,
  `const h = async (req: Request, res: Response) => { eval(req.get('x') ?? ''); }`,
  `const run = (c) => eval(c);\napp.get('/', (req, res) => { if (req.query.a) { run(req.query.a) } })`,
  `const helper = { go(x) { eval(x); } };\napp.get('/', (req, res) => helper.go(req.query.a))`,
  `app.get('/', (req, res) => { const x = req.query.x || 'd'; try { eval(x) } catch (e) {} })`,
  `app.get('/', (req, res) => { const x = req.query.x; const f = () => { eval(x) }; f(); })`,
  `app.get('/', (req, res) => { const x = clean2(req.query.x); eval(x + req.query.x); })`,
  `import { URL } from 'url'; http.createServer((q, r) => { const u = new URL(q.url, 'http://x'); eval(u.searchParams.get('a')); })`,
  `app.get('/', (req, res) => { switch (req.query.k) { default: eval(req.query.k); } })`,
  `app.get('/', (req, res) => { db.find({}, (err, rows) => { eval(req.query.k); }) })`,
  `app.get('/', (req, res) => { eval(req.query.k.replace(/[^;$]/g, '')); })`,
];
/** None. */
const negative = [
  `app.get('/', (req, res) => { eval(Number(req.query.x)); });`,
  `app.get('/', (req, res) => { eval(clean(req.query.x)); });`,
  `app.get('/', (req, res) => { const x = req.query.x; if (!ALLOWED.includes(x)) return res.end(); eval(x); });`,
  `app.get('/', (req, res) => { const x = req.query.x; if (x === 'a' || x === 'b') {} else { return; } eval(1); });`,
  `app.get('/', (req, res) => { if (ALLOWED.has(req.query.x)) { eval(req.query.x); } });`,
  `app.get('/', (req, res) => { let x = req.query.x; x = 'a'; eval(x); });`,
  `app.get('/', (req, res) => { const o = { a: 1, b: req.query.x }; eval(o.a); });`,
  `app.get('/', (req, res) => { eval(req.query.x.length); });`,
  `app.get('/', (req, res) => { eval(req.query.x === 'a' ? 'b' : 'c'); });`,
  `app.get('/', (req, res) => { eval(req.app.locals.x); });`,
  `app.get('/', (req, res) => { const x = parseInt(req.params.id, 10); eval('a' + x); });`,
  `function go(a) { eval(a); }\ngo('x');`,
  `app.get('/', (req, res) => { const u = await find(req.body.id); eval(u.name); });`,
  `app.get('/', (req, res) => { const x = ALLOWED.includes(req.query.x) ? req.query.x : 'a'; eval(x); });`,
  `app.get('/', (req, res) => { switch (req.query.k) { case 'a': eval(req.query.k); } })`,
  `app.get('/', (req, res) => { const T = { a: 1 }; if (!(req.query.k in T)) throw new Error(); eval(req.query.k); })`,
  `app.get('/', (req, res) => { eval(req.query.k.replace(/[^\\w.-]/g, '')); })`,
  `app.get('/', (req, res) => { if (req.query.k.includes('..')) throw new Error(); eval(req.query.k); })`,
  `app.get('/', (req, res) => { if (!req.query.k.includes('/')) eval(req.query.k); })`,
  `app.get('/', (req, res) => { const k = req.query.k; if (!/^[a-z]+$/.test(k)) { return; } eval(k); })`,
];

const sourceTable: readonly (readonly [string, string])[] = [
  ['browser-input', 'eval(location.hash.slice(1));'],
  ['browser-input', 'eval(window.location.search);'],
  ['browser-input', 'eval(document.referrer);'],
  ['browser-input', 'eval(window.name);'],
  ['browser-input', "const p = new URLSearchParams(location.search);\neval(p.get('x'));"],
  ['browser-input', "window.addEventListener('message', (e) => { eval(e.data); });"],
  ['browser-input', 'window.onmessage = function (m) { eval(m.data.code); };'],
  ['browser-input', "import { useParams } from 'react-router-dom';\nfunction A() { const { id } = useParams(); eval(id); }"],
  ['browser-input', "import { useRouter } from 'next/router';\nfunction A() { const router = useRouter(); eval(router.query.id); }"],
  ['process-input', 'eval(process.argv[2]);'],
  ['process-input', 'const { CODE } = process.env;\neval(CODE);'],
  ['process-input', 'const [, , code] = process.argv;\nfunction f() { eval(code); }'],
  ['user-input', 'export default function handler(req: NextApiRequest, res: NextApiResponse) { eval(req.query.x as string); }'],
  ['user-input', "fastify.get('/', async (request, reply) => { eval(request.params.x); });"],
  ['user-input', "app.get('/', (c) => eval(c.req.query('x')));"],
  ['user-input', "io.on('connection', (socket) => { socket.on('chat', (m) => eval(m.text)); });"],
  ['user-input', 'const resolvers = { user: (parent, args, context) => eval(args.id) };'],
  ['user-input', 'export async function GET(r: Request, { params }) { eval(params.id); }'],
  ['user-input', 'export async function loader({ request, params }) { eval(params.id); }'],
  ['user-input', "async function save(data: FormData) { 'use server'; eval(data.get('x')); }"],
  ['user-input', "server.route({ method: 'GET', handler: (request, h) => eval(request.payload.x) });"],
  ['user-input', 'class C { f(@Body() dto: Dto, @Req() r) { eval(dto.code); } }'],
];

describe('dataflow: taint', () => {
  for (const code of positive) it(`finds ${JSON.stringify(code)}`, () => assert.equal(run(code, evaluated).length, 1));
  for (const code of negative) it(`is silent on ${JSON.stringify(code)}`, () => assert.deepEqual(run(code, evaluated), []));
  for (const [source, code] of sourceTable) {
    it(`${source}: ${JSON.stringify(code)}`, () => {
      assert.equal(run(code, { flow: { from: [source], to: ['eval($HERE)'] } }).length, 1);
      const others = ['user-input', 'browser-input', 'process-input'].filter((name) => name !== source);
      assert.deepEqual(run(code, { flow: { from: others, to: ['eval($HERE)'] } }), []);
    });
  }

  it('tells the way from source to sink', () => {
    const code = `import { exec as run } from 'node:child_process';
function build(name) {
  return 'git log ' + name;
}
app.get('/', (req, res) => {
  const name = req.query.name;
  run(build(name));
});`;
    assert.deepEqual(run(code, { flow: { from: ['user-input'], to: ['child_process.exec($HERE, ...)'] } }), [
      {
        line: 7,
        steps: ['6: user input enters here', '6: stored in `name`', '7: passed to `build`', '7: reaches child_process.exec here'],
      },
    ]);
  });

  it('takes snippets as sources', () => {
    const flow = { from: ['readLine($X)'], to: ['eval($HERE)'] };
    assert.equal(run(`const l = readLine(0);\neval(l);`, { flow }).length, 1);
    assert.equal(run(`eval(other(0));`, { flow }).length, 0);
  });

  it('sanitises for the query that says so only', () => {
    const code = `function clean(x) { return x; }\napp.get('/', (req, res) => eval(clean(req.query.x)));`;
    assert.equal(run(code, evaluated).length, 0);
    assert.equal(run(code, { flow: { from: ['user-input'], to: ['eval($HERE)'] } }).length, 1);
  });

  it('looks at the text of a parameterised query only', () => {
    const flow = { from: ['user-input'], to: ['$DB.query($HERE, ...)'] };
    assert.equal(run(`app.get('/', (req, res) => db.query({ text: 'a = $1', values: [req.query.x] }));`, { flow }).length, 0);
    assert.equal(run(`app.get('/', (req, res) => db.query({ text: 'a = ' + req.query.x }));`, { flow }).length, 1);
    assert.equal(run(`app.get('/', (req, res) => db.query('a = $1', [req.query.x]));`, { flow }).length, 0);
  });

  it('follows assignments, JSX and tagged templates', () => {
    const to = ['$X.innerHTML = $HERE', '<$T dangerouslySetInnerHTML={{ __html: $HERE }} />'];
    const flow = { from: ['browser-input'], to };
    assert.equal(run(`el.innerHTML = '<b>' + location.hash;`, { flow }).length, 1);
    assert.equal(run(`const A = () => <p dangerouslySetInnerHTML={{ __html: location.hash }} />;`, { flow }).length, 1);
    assert.equal(run(`el.innerHTML = html\`\${location.hash}\`;`, { flow }).length, 0);
  });

  it('knows the text around the input', () => {
    const texts: readonly (readonly [string, string])[] = [
      ['out(req.query.x)', '{input}'],
      ["out('<p>' + req.query.x + '</p>')", '<p>{input}</p>'],
      ['out(`<p>${req.query.x}${other}</p>`)', '<p>{input}…</p>'],
      ["const a = '<i>'; const b = a + req.query.x; out(b + '!')", '<i>{input}!'],
      ["let a = '<i>'; a += req.query.x; a += '</i>'; out(a)", '<i>…{input}</i>'],
      ["const wrap = (x) => '<b>' + x + '</b>'; out(wrap('Dr ' + req.query.x))", '<b>Dr {input}</b>'],
      ["const show = (x) => out('<u>' + x); show(req.query.x)", '<u>{input}'],
      ["out(['<p>', req.query.x].join(''))", '<p>{input}'],
      ["out('<p>%</p>'.replace('%', req.query.x))", '<p>%</p>%{input}'],
      ["out(require('util').format('<p>%s', req.query.x))", '<p>%s{input}'],
      ['out({ name: req.query.x })', '{name: {input}}'],
      ["const o = { name: '/' + req.query.x }; out(o.name)", '/{input}'],
      ["const o = Object.assign({}, { name: '/' + req.query.x }); out(o.name)", '/{input}'],
    ];
    for (const [code, text] of texts) {
      const program = `app.get('/', (req, res) => { ${code}; });`;
      const flow = { from: ['user-input'], to: ['out($HERE)'] };
      assert.equal(run(program, { flow, where: { TEXT: { is: text } } }).length, 1, code);
      assert.equal(run(program, { flow, where: { TEXT: { is: 'else' } } }).length, 0, code);
    }
  });

  it('tells objects from text in what a client sends', () => {
    const flow = { from: ['user-object'], to: ['eval($HERE)'] };
    assert.equal(run(`app.get('/', (req, res) => eval(req.body.x));`, { flow }).length, 1);
    assert.equal(run(`app.get('/', (req, res) => eval(req.params.x));`, { flow }).length, 0);
  });

  it('knows that an address is harmless when its host is', () => {
    const silent = [
      `const u = new URL(req.query.x); if (!HOSTS.includes(u.hostname)) return; eval(u); eval(u.href); eval(req.query.x)`,
      `const u = new URL(req.query.x); if (u.origin !== 'https://a.example') throw e; eval(u.toString())`,
      `const u = new URL(req.query.x); if (HOSTS.some((h) => u.host === h)) eval(u)`,
      `const x = req.query.x; const u = new URL(x); if (HOSTS.some((h) => u.hostname.endsWith(h))) eval(x)`,
    ];
    for (const code of silent) assert.deepEqual(run(`app.get('/', (req, res) => { ${code}; });`, evaluated), [], code);
    const loud = `const u = new URL(req.query.x); if (u.protocol !== 'https:') return; eval(u)`;
    assert.equal(run(`app.get('/', (req, res) => { ${loud}; });`, evaluated).length, 1);
  });

  it('survives deep nesting and long chains', () => {
    for (const text of [
      `app.get('/', (req, res) => { eval(${"'a' + ".repeat(900)}req.query.x); });`,
      `app.get('/', (req, res) => { eval(req.query.x${'.trim()'.repeat(5000)}); });`,
      `${'if (a) {'.repeat(400)}eval(location.hash)${'}'.repeat(400)}`,
      'a => '.repeat(400) + 'eval(a)',
    ]) {
      assert.doesNotThrow(() => run(text, { flow: { from: ['user-input', 'browser-input'], to: ['eval($HERE)'] } }));
    }
  });
});
