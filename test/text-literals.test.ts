import assert from 'node:assert/strict';
import fc from 'fast-check';
import { literalsOfText } from '../server/facts/text.ts';

/** `path/of/keys=value` for each literal; the span must be the value, the whole must hold it. */
function found(path: string, text: string): string[] {
  return literalsOfText({ path, text, syntax: 'text' }).map((l) => {
    assert.equal(text.slice(l.span.start, l.span.end), l.value);
    assert.ok(l.whole.start <= l.span.start && l.whole.end >= l.span.end);
    assert.equal(l.path.at(-1), l.key);
    return `${l.path.join('/')}=${l.value}`;
  });
}

describe('literals of plain text', () => {
  const cases: readonly [string, string, readonly string[]][] = [
    ['application.properties', 'spring.datasource.password=hunter2 \n# password=x\n! a=b\n', ['spring/datasource/password=hunter2']],
    ['my.cnf', '[client]\r\nuser = root\r\npassword = "a b"\r\n', ['client/user=root', 'client/password=a b']],
    ['a.ini', '[db.main]\npass=foo;bar ; comment\nempty=\n', ['db/main/pass=foo;bar']],
    ['a.toml', '[database]\npassword = "foo" # note\nport = 5432\n', ['database/password=foo', 'database/port=5432']],
    ['.npmrc', '//registry.npmjs.org/:_authToken=abc\n_password=Zm9v\n', ['_authToken=abc', '_password=Zm9v']],
    ['.pypirc', '[pypi]\nusername: me\npassword: pw1\n', ['pypi/username=me', 'pypi/password=pw1']],
    ['.netrc', 'machine x login y password zzz\n', ['password=zzz']],
    ['web.config', '<add key="DbPassword" value="x1"/>\n<password>foo</password>\n', ['DbPassword=x1', 'password=foo']],
    ['settings.xml', "<property name='a.password' value='x2' />\n", ['a/password=x2']],
    ['deploy.sh', 'export PGPASSWORD=foo\nmysql -p foo\nX="y"\n', ['PGPASSWORD=foo', 'X=y']],
    [
      'a.py',
      'password: str = "foo"\nif password == "x":\n  d = {"api_key": \'abc\', "n": 1}\nconnect(password="pw1")\n',
      ['password=foo', 'api_key=abc', 'password=pw1'],
    ],
    ['a.py', 'password = get_password()\nx != "a"\n', []],
    ['a.rb', 'config.secret = "x"\nh = { :password => "foo", password: "bar" }\n', ['config/secret=x', 'password=foo', 'password=bar']],
    ['a.go', 'password := "foo"\nconst apiKey string = "bar"\n', ['password=foo', 'apiKey=bar']],
    ['A.java', 'private static final String API_KEY="x";\np.setProperty("password", "foo");\n', ['API_KEY=x', 'password=foo']],
    ['a.php', "$password = \"foo\"; define('DB_PASSWORD', 'bar');\n", ['$password=foo', 'DB_PASSWORD=bar']],
    ['a.ini', '', []],
  ];
  for (const [path, text, expected] of cases) it(`${path}: ${text.split('\n')[0]}`, () => assert.deepEqual(found(path, text), expected));

  it('leaves very long lines alone', () => assert.deepEqual(found('a.py', `${'x'.repeat(3000)} password = "foo"`), []));

  it('is never surprised', () => {
    const unit = fc.constantFrom(
      'a',
      '=',
      ':',
      '"',
      "'",
      '\\',
      '<',
      '>',
      '/',
      ' ',
      '\n',
      '\r',
      '[',
      ']',
      '#',
      'password',
      'é',
      '\u{1f600}',
    );
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 80 }),
        fc.constantFrom('a.ini', 'a.xml', 'a.py', '.netrc', 'a.config'),
        (text, path) => void found(path, text),
      ),
      { seed: 7, numRuns: 2000 },
    );
  });

  it('is linear on hostile lines', () => {
    for (const unit of ['a:', 'key ', '"', '\\', '<a ', 'a=', ' ', 'password: a ', 'f("a",', 'a ; ']) {
      const text = `${unit.repeat(2000).slice(0, 1990)}\n`.repeat(500);
      const start = process.cpuUsage().user;
      for (const path of ['a.py', 'a.config', 'a.ini']) literalsOfText({ path, text, syntax: 'text' });
      const spent = (process.cpuUsage().user - start) / 1000;
      assert.ok(spent < 1500, `${JSON.stringify(unit)}: ${spent} ms for 3 MB`);
    }
  });
});
