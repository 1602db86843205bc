import assert from 'node:assert/strict';
import { credentials } from '../server/engine/secrets/credentials.ts';
import { fileRole } from '../server/engine/secrets/credential-files.ts';
import { nameKind } from '../server/engine/secrets/credential-names.ts';
import { look } from '../server/engine/secrets/randomness.ts';
import type { Literal, SourceDocument, Syntax } from '../server/engine/types.ts';

/** The literals of `key: value` pairs of one map; keys may have dots for the path. */
function literals(pairs: readonly (readonly [string, string])[]): { text: string; literals: Literal[] } {
  let text = '';
  const list: Literal[] = [];
  for (const [name, value] of pairs) {
    const start = text.length + name.length + 2;
    const path = name.split('/');
    list.push({
      key: path.at(-1)!,
      value,
      span: { start, end: start + value.length },
      whole: { start: text.length, end: start + value.length },
      path,
    });
    text += `${name}: ${value}\n`;
  }
  return { text, literals: list };
}

function found(path: string, syntax: Syntax, ...pairs: (readonly [string, string])[]): readonly string[] {
  const made = literals(pairs);
  const document: SourceDocument = { path, text: made.text, syntax };
  return credentials(document, made.literals).map((c) => {
    assert.equal(made.text.slice(c.span.start, c.span.end), c.value);
    assert.ok(c.reasons.length >= 2);
    assert.ok(
      c.reasons.every((reason) => !reason.includes(c.value) || c.value.length < 9),
      'a reason holds the value',
    );
    return c.value;
  });
}

const random = 'qX7fLz2Rk9TbVw4NcYh8Jd3P';
const hex = '8f14e45fceea167a5a36dedd4bea2543';
const yaml = (key: string, value: string): readonly [string, Syntax, string, string] => ['config.yaml', 'yaml', key, value];
const js = (key: string, value: string): readonly [string, Syntax, string, string] => ['src/app.ts', 'javascript', key, value];
const env = (key: string, value: string): readonly [string, Syntax, string, string] => ['.env', 'env', key, value];
const hcl = (key: string, value: string): readonly [string, Syntax, string, string] => ['main.tf', 'hcl', key, value];
const docker = (key: string, value: string): readonly [string, Syntax, string, string] => ['Dockerfile', 'dockerfile', key, value];
const props = (key: string, value: string): readonly [string, Syntax, string, string] => ['application.properties', 'text', key, value];

const isCredential: readonly (readonly [string, Syntax, string, string])[] = [
  yaml('services/db/environment/POSTGRES_PASSWORD', 'root'),
  yaml('services/db/environment/MYSQL_ROOT_PASSWORD', 'password'),
  yaml('services/db/environment/MYSQL_PASSWORD', 'secret'),
  yaml('services/db/environment/MARIADB_PASSWORD', '123456'),
  yaml('services/app/environment/API_TOKEN', random),
  yaml('services/app/environment/JWT_SECRET', 'supersecret'),
  yaml('services/app/environment/SECRET_KEY_BASE', hex),
  yaml('services/db/environment', 'POSTGRES_PASSWORD=hunter2'),
  yaml('services/app/environment', `STRIPE_API_KEY=${random}`),
  yaml('spring/datasource/password', 'admin'),
  yaml('redis/auth/password', 'foobared'),
  yaml('adminPassword', 'Passw0rd!'),
  yaml('rabbitmq/rabbitmqPassword', 'guest'),
  yaml('database/db_pass', 'tiger'),
  yaml('stringData/password', 't0p-s3cret'),
  yaml('stringData/api-key', random),
  yaml('smtp/smtp_passwd', 'letmein'),
  yaml('clientSecret', random),
  yaml('oauth/client_secret', '3f8c1a52-9d4e-4b7a-8f21-6c0d9e5b7a34'),
  yaml('encryption_key', hex),
  yaml('gitlab/private_token', 'kJ8sPq2LwXz5RtVb'),
  yaml('vault/token', 's.8Kd2lPq9ZtRwXvBnM4cYh1Jf'),
  yaml('tasks/mysql_user/password', 'hunter2'),
  yaml('tasks/vars/become_pass', 'vagrant1'),
  env('DB_PASSWORD', 'hunter2'),
  env('DB_PASS', 'tiger'),
  env('JWT_SECRET', 'mysigningsecret'),
  env('SESSION_SECRET', 'keyboardcat'),
  env('APP_KEY', 'base64:8n2mFQz1rJ0pYkVtX5cWbL7uDsHgAeRq3iOoPvNzM4k='),
  env('ACCESS_TOKEN', random),
  env('REDIS_PASSWORD', 'redis'),
  env('PASSWORD', 'qwerty'),
  env('API_KEY_2', random),
  env('GITHUB_CLIENT_SECRET', 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'),
  docker('MYSQL_ROOT_PASSWORD', 'my5ql'),
  docker('ADMIN_PASSWORD', 'admin'),
  docker('NPM_AUTH_TOKEN', random),
  docker('SECRET_KEY', 'django-insecure-7$k2!x9q'),
  hcl('resource/aws_db_instance/main/password', 'hunter2'),
  hcl('resource/aws_rds_cluster/main/master_password', 'foobarbaz'),
  hcl('resource/azurerm_sql_server/main/administrator_login_password', '4-v3ry-53cr37-p455w0rd'),
  hcl('resource/aws_secretsmanager_secret_version/db/secret_string', random),
  hcl('variable/db_password/default', 'letmein'),
  hcl('provider/datadog/api_key', hex),
  hcl('resource/aws_redshift_cluster/main/master_password', 'Mustbe8characters'),
  props('spring.datasource.password', 'admin'),
  props('jwt.secret', random),
  props('spring.mail.password', 'abcd efgh'.replace(' ', '')),
  props('aws.secretKey', 'k9Zt4LqWm2XvR7cYpN1sBd8JfHg3TuEaQo6ViKxM'),
  props('keystore.password', 'storepass1'),
  js('password', 'hunter2'),
  js('dbPassword', 'Passw0rd!'),
  js('apiKey', hex),
  js('API_KEY', random),
  js('clientSecret', random),
  js('accessToken', 'kJ8sPq2LwXz5RtVbNm3H'),
  js('config/auth/token', 'a1b2x9c3d4e5'),
  js('authtoken', random),
  js('PASSWORD', 'Tr0ub4dor&3'),
  js('encryptionKey', 'zK7pQ2vX9mR4tW8y'),
  js('privateKey', random),
  js('secretAccessKey', 'k9Zt4LqWm2XvR7cYpN1sBd8JfHg3TuEaQo6ViKxM'),
  js('pgpassword', 'hunter22'),
  ['tests/integration.yaml', 'yaml', 'db/password', random],
  ['lib/db.py', 'text', 'db_password', 'hunter2'],
];

const isNone: readonly (readonly [string, Syntax, string, string])[] = [
  // placeholders and what is filled in elsewhere
  yaml('db/password', 'changeme'),
  yaml('db/password', '${DB_PASSWORD}'),
  yaml('db/password', '{{ db_password }}'),
  yaml('db/password', '<your-password>'),
  yaml('db/password', 'your-password-here'),
  yaml('db/password', 'xxxxxxxx'),
  yaml('db/password', '********'),
  yaml('db/password', 'example'),
  yaml('db/password', 'TODO'),
  yaml('db/password', 'REPLACE_ME'),
  yaml('api_token', 'YOUR_API_TOKEN'),
  yaml('apiKey', 'placeholder'),
  env('API_KEY', '$API_KEY'),
  env('API_KEY', '%API_KEY%'),
  env('AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
  env('DB_PASSWORD', 'null'),
  env('TOKEN', 'none'),
  props('db.password', '@db.password@'),
  props('db.password', 'ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)'),
  js('password', '__PASSWORD__'),
  ['.env.example', 'env', 'DB_PASSWORD', 'secret'],
  ['config/settings.sample.yaml', 'yaml', 'password', 'hunter2'],
  ['test/login.test.ts', 'javascript', 'password', 'hunter2'],
  // names that only sound like credentials
  yaml('passwordPolicy', 'strict16chars'),
  yaml('tokenType', 'Bearer1x'),
  yaml('token_url', 'oauth2-token-9f8e'),
  yaml('secretName', 'web-tls-2f9a8b'),
  yaml('existingSecret', 'postgres-credentials'),
  yaml('spec/volumes/secret/secretName', 'web-tls'),
  yaml('imagePullSecrets/name', 'regcred'),
  yaml('secretKeyRef/key', 'password'),
  yaml('tokenSecret', 'my-app-token'),
  yaml('on/schedule/key', 'sha-a1b2c3d4e5f6'),
  yaml('permissions/id-token', 'write'),
  yaml('jobs/call/secrets', 'inherit'),
  yaml('user/update_password', 'on_create'),
  yaml('password_file', '/run/secrets/db'),
  yaml('jobs/build/with/secrets', 'APP-GH-ID,APP-GH-KEY'),
  yaml('db/password', 'SET_A_PASSWORD_HERE_123'),
  yaml('dependencies/jsonwebtoken', '^9.0.0'),
  js('PASSWORD', 'password'),
  js('Unexpected_token', '予期しないトークンです。'),
  js('clientHashedPassword', 'pw_hash_b64'),
  ['db/fixtures/users.json', 'json', 'password', 'Gr4fana2024#'],
  yaml('password_hash', '5f4dcc3b5aa765d61d8327deb882cf99'),
  yaml('kms_key_id', '1234abcd-12ab-34cd-56ef-1234567890ab'),
  yaml('access_key_id', random),
  yaml('integrity', 'sha512-' + random),
  yaml('cacheKey', hex),
  yaml('publicKey', random),
  yaml('recaptcha_site_key', random),
  yaml('key', hex),
  yaml('ssh_private_key', '~/.ssh/id_ed25519'),
  yaml('private_key', 'certs/server.key'),
  yaml('max_tokens', '4096'),
  yaml('commit_sha', 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'),
  hcl('resource/x/y/secret', 'prod/db/credentials'),
  hcl('backend/s3/key', 'prod/terraform.tfstate'),
  hcl('resource/x/y/secret_id', 'arn:aws:secretsmanager:eu-west-1:1:secret:db'),
  hcl('resource/x/y/password', 'arn:aws:secretsmanager:eu-west-1:1:secret:db'),
  // values that are something else
  yaml('db/password', 'vault:secret/data/db#password'),
  yaml('db/password', 'https://vault.acme.io/v1/db'),
  yaml('user/password', '$6$rounds=4096$abc$Zk3sHq9'),
  yaml('user/password', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'),
  yaml('properties/password/default', 'hunter2'),
  yaml('definitions/user/properties/password/type', 'string'),
  yaml('spec/encryptedData/password', 'AgBy3i4OJSWK' + random),
  js('password', 'Password'),
  js('password', 'password'),
  js('password', 'string'),
  js('labels/password', 'Passwort1'),
  js('password', 'Enter your password'),
  js('password', 'auth.login.password'),
  js('passwordField', 'hunter2'),
  js('passwordLabel', 'Passw0rd'),
  js('forgotPassword', 'forgot-password2'),
  js('RESET_PASSWORD', 'RESET_PASSWORD'),
  js('password', '#password'),
  js('password', 'input[name=password]'),
  js('password', 'required|min:8'),
  js('csrfToken', random),
  js('token', 'access_token'),
  js('authToken', 'x-auth-token'),
  js('apiKey', 'apiKey'),
  js('accessToken', 'ACCESS_TOKEN_V2'),
  js('tokenKey', 'auth_token_v1'),
  js('secret', 'shhh'),
  js('publishableKey', 'pk_live_' + random),
  js('token', '='),
  js('foreignKey', 'user_id_9f8e7d6c'),
  ['package-lock.json', 'json', 'password', random],
  ['locales/de.json', 'json', 'password', 'Passwort1!'],
  ['src/i18n/en.ts', 'javascript', 'password', 'Passw0rd!'],
  ['public/app.min.js', 'javascript', 'password', random],
  ['pnpm-lock.yaml', 'yaml', 'token', random],
  ['README.md', 'text', 'password', 'hunter2'],
  ['src/__snapshots__/a.test.ts.snap', 'text', 'token', random],
];

describe('credentials by name and value', () => {
  it('has tables of at least 60', () => assert.ok(isCredential.length >= 60 && isNone.length >= 60));
  for (const [path, syntax, key, value] of isCredential)
    it(`finds ${key} in ${path}: ${value}`, () => assert.deepEqual(found(path, syntax, [key, value]), [value.replace(/^[A-Z_]+=/, '')]));
  for (const [path, syntax, key, value] of isNone)
    it(`is silent on ${key} in ${path}: ${value}`, () => assert.deepEqual(found(path, syntax, [key, value]), []));

  it('takes the name beside a value: Kubernetes env, CloudFormation parameters', () => {
    assert.deepEqual(found('pod.yaml', 'yaml', ['env/name', 'DB_PASSWORD'], ['env/value', 'tiger']), ['tiger']);
    assert.deepEqual(found('pod.yaml', 'yaml', ['env/name', 'LOG_LEVEL'], ['env/value', 'debug']), []);
    assert.deepEqual(found('pod.yaml', 'yaml', ['env/name', 'DB_PASSWORD'], ['other/value', 'tiger']), []);
  });

  it('counts a user or host beside a password', () => {
    assert.deepEqual(found('db.js', 'javascript', ['db/password', 'letmein']), []);
    assert.deepEqual(found('db.js', 'javascript', ['db/host', 'db.local'], ['db/user', 'app'], ['db/password', 'letmein']), ['letmein']);
    assert.deepEqual(found('mail.js', 'javascript', ['auth/user', 'bot'], ['auth/pass', 'hunter2']), ['hunter2']);
    assert.deepEqual(found('mail.js', 'javascript', ['auth/pass', 'hunter2']), []);
  });

  it('is silent on minified text of any name', () => {
    const text = `x={${'a:1,'.repeat(3000)}}`;
    assert.equal(fileRole({ path: 'vendor.js', text, syntax: 'javascript' }), 'none');
    assert.equal(fileRole({ path: 'vendor.js', text: text.replaceAll(',', ',\n'), syntax: 'javascript' }), 'code');
  });

  it('reads names', () => {
    assert.equal(nameKind('spring.datasource.dbPassword'), 'password');
    assert.equal(nameKind('MYAPP_APIKEY'), 'secret');
    assert.equal(nameKind('APIKey'), 'secret');
    assert.equal(nameKind('password_policy'), undefined);
    assert.equal(nameKind('primaryKey'), undefined);
    assert.equal(nameKind(''), undefined);
  });

  it('tells chance from words', () => {
    assert.equal(look('hunter2'), 'decorated');
    assert.equal(look('correcthorsebatterystaple'), 'word');
    assert.equal(look(random), 'random');
    assert.equal(look('a1x9q8z7'), 'mixed');
  });
});
