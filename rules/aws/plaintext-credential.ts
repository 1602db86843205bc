import { at, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';

const password = ['Password'];
const master = ['MasterUserPassword'];
const push = ['PrivateKey', 'TokenKey'];

/** Properties that take a credential, by resource type. */
const properties: Readonly<Record<string, readonly string[]>> = {
  'Alexa::ASK::Skill': ['AuthenticationConfiguration.ClientSecret', 'AuthenticationConfiguration.RefreshToken'],
  'AWS::AmazonMQ::Broker': ['Users.Password'],
  'AWS::Amplify::App': ['AccessToken', 'OauthToken', 'BasicAuthConfig.Password', 'AutoBranchCreationConfig.BasicAuthConfig.Password'],
  'AWS::Amplify::Branch': ['BasicAuthConfig.Password'],
  'AWS::AppStream::DirectoryConfig': ['ServiceAccountCredentials.AccountPassword'],
  'AWS::CodeBuild::SourceCredential': ['Token'],
  'AWS::CodePipeline::Webhook': ['AuthenticationConfiguration.SecretToken'],
  'AWS::CodeStar::GitHubRepository': ['RepositoryAccessToken'],
  'AWS::DirectoryService::MicrosoftAD': password,
  'AWS::DirectoryService::SimpleAD': password,
  'AWS::DMS::Endpoint': ['Password', 'MongoDbSettings.Password', 'SybaseSettings.Password', 'KafkaSettings.SaslPassword'],
  'AWS::DocDB::DBCluster': master,
  'AWS::ElastiCache::ReplicationGroup': ['AuthToken'],
  'AWS::EMR::Cluster': [
    'KerberosAttributes.KdcAdminPassword',
    'KerberosAttributes.ADDomainJoinPassword',
    'KerberosAttributes.CrossRealmTrustPrincipalPassword',
  ],
  'AWS::FSx::FileSystem': ['WindowsConfiguration.SelfManagedActiveDirectoryConfiguration.Password'],
  'AWS::IAM::User': ['LoginProfile.Password'],
  'AWS::KinesisFirehose::DeliveryStream': ['RedshiftDestinationConfiguration.Password', 'SplunkDestinationConfiguration.HECToken'],
  'AWS::ManagedBlockchain::Member': ['MemberConfiguration.MemberFrameworkConfiguration.MemberFabricConfiguration.AdminPassword'],
  'AWS::OpsWorks::App': ['AppSource.Password', 'AppSource.SshKey', 'SslConfiguration.PrivateKey'],
  'AWS::OpsWorks::Stack': ['CustomCookbooksSource.Password', 'CustomCookbooksSource.SshKey', 'RdsDbInstances.DbPassword'],
  'AWS::Pinpoint::ADMChannel': ['ClientSecret'],
  'AWS::Pinpoint::APNSChannel': push,
  'AWS::Pinpoint::APNSSandboxChannel': push,
  'AWS::Pinpoint::APNSVoipChannel': push,
  'AWS::Pinpoint::APNSVoipSandboxChannel': push,
  'AWS::Pinpoint::BaiduChannel': ['SecretKey'],
  'AWS::Pinpoint::GCMChannel': ['ApiKey'],
  'AWS::RDS::DBCluster': master,
  'AWS::RDS::DBInstance': master,
  'AWS::Redshift::Cluster': master,
};

/** A credential that is written in the template, or comes from a parameter whose value CloudFormation shows. */
const check: Check = (fact) => {
  const [type = ''] = fact.types;
  const paths = Object.hasOwn(properties, type) ? properties[type]! : [];
  return paths.flatMap((path) =>
    at(fact.node, path).found.flatMap(({ node }): Hit[] => {
      const how = shown(node, fact);
      return how ? [{ span: node.span, values: { property: path.slice(path.lastIndexOf('.') + 1), how } }] : [];
    }),
  );
};

function shown(value: Node, fact: Fact): string | undefined {
  const written = text(value);
  if (written !== undefined) {
    if (written === '' || written.includes('{{resolve:')) return undefined;
    return value.origin ? "is known from a parameter's default" : 'stands readable in the template';
  }
  if (value.kind !== 'unknown' || value.parts?.some((part) => part?.includes('{{resolve:'))) return undefined;
  const echoed = value.refs.some((ref) => {
    const parameter = fact.scope.resolve(ref);
    return parameter?.types[0] === 'parameter' && text(parameter.node, 'NoEcho')?.toLowerCase() !== 'true' && isPlain(parameter);
  });
  return echoed ? 'comes from a parameter without `NoEcho`, which the console shows' : undefined;
}

/** A parameter that CloudFormation reads from the parameter store holds a name only. */
function isPlain(parameter: Fact): boolean {
  return text(parameter.node, 'Type') === 'String';
}

export default check;
