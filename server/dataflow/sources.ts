import { isCall, isMember, keyName, propertyName, type FunctionNode, type Node } from './nodes.ts';
import { canonicalName, lastName, writtenName } from './names.ts';
import { handlersOf } from './handlers.ts';
import type { Scope, Scopes } from './scopes.ts';

/** The named sources that `flow: { from: … }` may ask for. */
export const sources = {
  /** What a client sends to a server: requests, arguments of resolvers, procedures and server actions, events of functions, messages of sockets. */
  'user-input': 'user input',
  /** The part of it that a parser made, so that it may be an object where a string is expected: bodies and queries. */
  'user-object': 'user input',
  /** What a page can be given by a link or another window: the address, the referrer, messages, router parameters. */
  'browser-input': 'input of the browser',
  /** What whoever starts the process decides: arguments and environment. */
  'process-input': 'input of the process',
} as const;
export type SourceName = keyof typeof sources;

/** Objects that carry input in some of their properties. */
export type Carrier = 'request' | 'context' | 'event' | 'message' | 'socket' | 'handshake' | 'procedure' | 'page';

const carriers: ReadonlySet<string> = new Set<Carrier>([
  'request',
  'context',
  'event',
  'message',
  'socket',
  'handshake',
  'procedure',
  'page',
]);
export const isCarrier = (read: SourceName | Carrier): read is Carrier => carriers.has(read);

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const requestInput = words(
  'query body params param headers header cookies signedCookies get url originalUrl path hostname host files file json text formData nextUrl ' +
    'searchParams rawBody rawHeaders payload subdomains queries parseBody getHeader arrayBuffer blob',
);
const parsedInput = words('query body payload json');
const contextInput = words('query querystring params headers header url originalUrl path hostname host href search get param');
/** What the platform writes into the event of a function, and not its caller. */
const eventOwn = words(
  'requestContext isBase64Encoded httpMethod resource stageVariables version routeKey source time id account region resources triggerSource ' +
    'userPoolId callerContext waitUntil respondWith target currentTarget key keyCode which type preventDefault stopPropagation dataTransfer ' +
    'clipboardData nativeEvent origin ports touches clientX clientY',
);

/** What reading `property` of a carrier gives: input, another carrier, or nothing of interest. */
export function readCarrier(carrier: Carrier, property: string): SourceName | Carrier | undefined {
  switch (carrier) {
    case 'request':
      if (requestInput.has(property)) return parsedInput.has(property) ? 'user-object' : 'user-input';
      return property === 'raw' || property === 'req' || property === 'request' ? 'request' : undefined;
    case 'context':
      if (property === 'request' || property === 'req') return 'request';
      if (property === 'query') return 'user-object';
      return contextInput.has(property) || property === 'cookies' ? 'user-input' : undefined;
    case 'event':
      if (property === 'request') return 'request';
      return eventOwn.has(property) ? undefined : 'user-input';
    case 'socket':
      return property === 'handshake' ? 'handshake' : undefined;
    case 'handshake':
      return /^(?:query|headers|auth|url)$/.test(property) ? 'user-input' : undefined;
    case 'procedure':
      return property === 'input' ? 'user-input' : undefined;
    case 'page':
      return property === 'params' || property === 'searchParams' ? 'user-input' : undefined;
    case 'message':
      return property === 'data' ? 'browser-input' : undefined;
  }
}

const responses = /^(?:_?res|response|resp|_?reply)$/;
const requestTypes =
  /^(?:Request|NextRequest|NextApiRequest|FastifyRequest|IncomingMessage|HttpRequest|AuthenticatedRequest|ExpressRequest|VercelRequest|RequestWithUser|AuthRequest)$/;
const contextTypes = /^(?:Context|ParameterizedContext|RouterContext|KoaContext|AppContext|HonoContext)$/;
const eventTypes = /^(?:APIGatewayProxyEvent(?:V2)?|APIGatewayEvent|LambdaFunctionURLEvent|ALBEvent|HandlerEvent)$/;
const nestDecorators = words(
  'Query Body Param Headers Header Cookies UploadedFile UploadedFiles RawBody HostParam Args Arg MessageBody Payload QueryParam QueryParams ' +
    'BodyParam HeaderParam CookieParam requestBody',
);
const nestRequest = words('Req Request');

function typeName(node: Node): string | undefined {
  const annotation = node.type === 'Identifier' ? node.typeAnnotation : undefined;
  if (annotation?.type !== 'TSTypeAnnotation' || annotation.typeAnnotation.type !== 'TSTypeReference') return undefined;
  const { typeName: name } = annotation.typeAnnotation;
  return name.type === 'Identifier' ? name.name : name.type === 'TSQualifiedName' ? name.right.name : undefined;
}

/** `@Param('id', ParseIntPipe) id: number` is no text any more. */
function isChecked(param: Node, decorator: Node): boolean {
  const annotation =
    param.type === 'Identifier' && param.typeAnnotation?.type === 'TSTypeAnnotation' ? param.typeAnnotation.typeAnnotation : undefined;
  if (annotation?.type === 'TSNumberKeyword' || annotation?.type === 'TSBooleanKeyword') return true;
  return (
    decorator.type === 'CallExpression' &&
    decorator.arguments.some((pipe) =>
      /^Parse(?:Int|Float|Bool|UUID|Enum|Date)Pipe$/.test(lastName(isCall(pipe) ? pipe.callee : pipe) ?? ''),
    )
  );
}

const nameOf = (param: Node | undefined): string | undefined => (param?.type === 'Identifier' ? param.name : undefined);

/**
 * What a parameter of a function carries, by its decorator, its type, its name, or the call that the function is handed to
 * (`app.get('/', (a, b) => …)`, `addEventListener('message', e => …)`).
 */
export function carriedBy(of: FunctionNode, index: number, scopes: Scopes): Carrier | SourceName | undefined {
  const param = of.params[index]!;
  const bare = param.type === 'TSParameterProperty' ? param.parameter : param;
  for (const decorator of ('decorators' in bare ? bare.decorators : undefined) ?? []) {
    const { expression } = decorator;
    const name = lastName(expression.type === 'CallExpression' ? expression.callee : expression);
    if (name && nestDecorators.has(name)) return isChecked(bare, expression) ? undefined : 'user-input';
    if (name && nestRequest.has(name)) return 'request';
  }
  const type = typeName(bare);
  if (type && requestTypes.test(type)) return 'request';
  if (type && contextTypes.test(type)) return 'context';
  if (type && eventTypes.test(type)) return 'event';
  // The argument of a server action.
  if (type === 'FormData') return 'user-input';
  const handed = handlersOf(scopes).get(of)?.[index];
  if (handed) return handed;
  const name = nameOf(bare);
  const second = nameOf(of.params[1]);
  const parent = scopes.parents.get(of);
  if (index === 0) {
    if (name && /^(?:req|request)$/.test(name)) return 'request';
    if (name === 'ctx') return 'context';
    if (name === 'event' ? /^_?context$/.test(second ?? '') || isLambda(of, parent) : isEventPattern(bare) && isLambda(of, parent))
      return 'event';
    if (parent?.type === 'CallExpression' && parent.arguments.includes(of as never)) {
      const callee = lastName(parent.callee);
      const [first] = parent.arguments;
      const topic = first?.type === 'StringLiteral' ? first.value : undefined;
      if (callee === 'addEventListener' && topic === 'message') return 'message';
      if (callee && routes.has(callee) && topic?.startsWith('/') && name === 'c') return 'context';
    }
    if (parent?.type === 'AssignmentExpression' && lastName(parent.left) === 'onmessage') return 'message';
    if (second && responses.test(second) && !name) return 'request';
  }
  const own = of.type === 'FunctionDeclaration' ? of.id?.name : undefined;
  if (own && routeHandler.test(own) && index <= 1) return index === 0 && own === own.toUpperCase() ? 'request' : 'context';
  const first = nameOf(of.params[0]);
  // A GraphQL resolver: (parent, args, context, info); a function of Azure: (context, req).
  if (index === 1 && name === 'args' && (of.params.length >= 3 || /^_*(?:parent|root|obj|source)?$/.test(first ?? '-')))
    return 'user-input';
  if (index === 1 && first === 'context' && name === 'req') return 'request';
  // An error handler: (err, req, res, next).
  if (index === 1 && name && /^(?:req|request)$/.test(name) && of.params.length >= 3) return 'request';
  return undefined;
}

/** Functions that Next.js, Remix and SvelteKit call for a request, by the names that they must have. */
const routeHandler = /^(?:GET|POST|PUT|PATCH|DELETE|loader|action|getServerSideProps)$/;

/** `async ({ body, pathParameters }) => …` */
const isEventPattern = (param: Node): boolean =>
  param.type === 'ObjectPattern' &&
  param.properties.some(
    (one) => one.type === 'ObjectProperty' && /^(?:body|Records|\w+Parameters|rawPath)$/.test(keyName(one.key, one.computed) ?? ''),
  );

const routes = words('get post put delete patch all use head options route');

/** `exports.handler = async (event) => …`, `export const handler = …`, `export async function handler(event)`. */
function isLambda(of: FunctionNode, parent: Node | undefined): boolean {
  const named = (text: string | undefined): boolean => text !== undefined && /(?:^|\.)(?:handler|lambdaHandler)$/.test(text);
  if (of.type === 'FunctionDeclaration') return named(of.id?.name);
  if (parent?.type === 'AssignmentExpression') return named(writtenName(parent.left));
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' && named(parent.id.name);
}

const browserNames = words(
  'location.href location.search location.hash location.pathname document.location document.location.href document.location.search ' +
    'document.location.hash document.location.pathname document.URL document.documentURI document.baseURI document.referrer name ' +
    'react_router_dom.useParams() react_router_dom.useSearchParams() react_router_dom.useLocation() react_router.useParams() ' +
    'react_router.useSearchParams() react_router.useLocation() next.router.useRouter().query next.navigation.useSearchParams() ' +
    'next.navigation.useParams() vue_router.useRoute().query vue_router.useRoute().params $route.query $route.params ' +
    ['queryParams', 'queryParamMap', 'params', 'paramMap', 'fragment']
      .flatMap((part) => ['', 'snapshot.'].map((at) => `angular_router.ActivatedRoute().${at}${part}`))
      .join(' '),
);
const processNames = words('process.argv process.env');
const serverNames = words(
  'next.headers.headers() next.headers.cookies() h3.readBody() h3.getQuery() h3.getRouterParam() readBody() getQuery() getRouterParam()',
);

const lastNames = new Set([...browserNames, ...processNames, ...serverNames].map((name) => name.slice(name.lastIndexOf('.') + 1)));

/** Whether a name that ends so can be a source. A quick look before the whole name is made. */
export const mayBeSource = (last: string): boolean => lastNames.has(last);

/** The source that an expression is by its name alone. */
export function sourceByName(node: Node, scope: Scope, scopes: Scopes): SourceName | undefined {
  const written = writtenName(node);
  if (written !== undefined && /(?:^|\.)\$route\.(?:query|params)$/.test(written)) return 'browser-input';
  const name = canonicalName(node, scope, scopes);
  if (name === undefined) return undefined;
  // A global `name` is the window's only when it is asked for as such.
  if (name === 'name') return written === 'window.name' ? 'browser-input' : undefined;
  if (browserNames.has(name)) return 'browser-input';
  if (processNames.has(name)) return 'process-input';
  return serverNames.has(name) ? 'user-input' : undefined;
}

/** The named sources that occur in a program: without one there is nothing to follow. */
export function sourcesIn(scopes: Scopes): ReadonlySet<SourceName> {
  const found = new Set<SourceName>();
  for (const fn of scopes.parents.keys()) {
    for (let i = 0; i < fn.params.length; i++) {
      const carried = carriedBy(fn, i, scopes);
      if (!carried) continue;
      if (carried === 'message') found.add('browser-input');
      else if (isCarrier(carried)) found.add('user-input').add('user-object');
      else found.add(carried);
    }
  }
  for (const { node, scope } of scopes.places) {
    const last = isMember(node) ? propertyName(node) : isCall(node) ? `${lastName(node.callee) ?? ''}()` : undefined;
    if (last === undefined || !mayBeSource(last)) continue;
    const source = sourceByName(node, scope, scopes);
    if (source) found.add(source);
  }
  return found;
}
