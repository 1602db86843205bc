import { text, type Node, type ScalarValue } from '../engine/tree.ts';
import { plain, type Target, type Targets } from './ansible-mapping.ts';

/** A construct of the CDK's own, as properties of the resource that it makes. */
export interface Construct {
  readonly type: string;
  /** By property; what isn't named has no part in security, or none that can be told. */
  readonly keys: Targets;
  /** What the construct sets itself where nothing is said. */
  readonly otherwise?: Readonly<Record<string, ScalarValue>>;
}

const yes = (to: string): Target => ({ to, values: { true: true, false: false } });

/** A value that is there at all: a key, a bucket. */
const given = (to: string): Target => ({
  to,
  as: (value) => ({ kind: 'unknown', span: value.span, refs: value.kind === 'unknown' ? value.refs : [] }),
});

/** The map that a constant stands for. */
const chosen = (to: string, choices: Readonly<Record<string, Readonly<Record<string, ScalarValue>> | null>>): Target => ({
  to,
  as: (value): Node => {
    const choice = choices[text(value) ?? ''];
    if (choice === undefined) return { kind: 'unknown', span: value.span, refs: [] };
    if (choice === null) return { kind: 'scalar', value: null, span: value.span };
    return { kind: 'map', span: value.span, entries: Object.entries(choice).map(([key, said]) => plain(key, said, value.span)) };
  },
});

const all = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };

const database: Targets = {
  storageEncrypted: yes('StorageEncrypted'),
  storageEncryptionKey: given('KmsKeyId'),
  deletionProtection: yes('DeletionProtection'),
  iamAuthentication: yes('EnableIAMDatabaseAuthentication'),
  cloudwatchLogsExports: 'EnableCloudwatchLogsExports',
  backupRetention: given('BackupRetentionPeriod'),
};

const queueEncryption: Target = {
  to: 'KmsMasterKeyId',
  as: (value) => {
    const said = text(value);
    if (said === 'KMS_MANAGED') return { kind: 'scalar', value: 'alias/aws/sqs', span: value.span };
    return { kind: 'unknown', span: value.span, refs: [] };
  },
};

/** The usual constructs, by the module of `aws-cdk-lib` without its `aws-`. */
export const constructs: ReadonlyMap<string, Construct> = new Map<string, Construct>([
  [
    's3.Bucket',
    {
      type: 'AWS::S3::Bucket',
      keys: {
        bucketName: 'BucketName',
        accessControl: {
          to: 'AccessControl',
          values: {
            private: 'Private',
            public_read: 'PublicRead',
            public_read_write: 'PublicReadWrite',
            authenticated_read: 'AuthenticatedRead',
            log_delivery_write: 'LogDeliveryWrite',
            bucket_owner_full_control: 'BucketOwnerFullControl',
            bucket_owner_read: 'BucketOwnerRead',
          },
        },
        blockPublicAccess: chosen('PublicAccessBlockConfiguration', {
          BLOCK_ALL: all,
          BLOCK_ACLS: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false },
          BLOCK_ACLS_ONLY: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false },
        }),
        encryption: chosen('BucketEncryption', { UNENCRYPTED: null }),
        versioned: { to: 'VersioningConfiguration.Status', values: { true: 'Enabled', false: 'Suspended' } },
        serverAccessLogsBucket: given('LoggingConfiguration.DestinationBucketName'),
        serverAccessLogsPrefix: 'LoggingConfiguration.LogFilePrefix',
      },
    },
  ],
  [
    'sqs.Queue',
    {
      type: 'AWS::SQS::Queue',
      keys: {
        encryption: queueEncryption,
        encryptionMasterKey: given('KmsMasterKeyId'),
      },
      // Since version 2.
      otherwise: { SqsManagedSseEnabled: true },
    },
  ],
  ['sns.Topic', { type: 'AWS::SNS::Topic', keys: { masterKey: given('KmsMasterKeyId'), topicName: 'TopicName' } }],
  ['kms.Key', { type: 'AWS::KMS::Key', keys: { enableKeyRotation: yes('EnableKeyRotation'), policy: given('KeyPolicy') } }],
  [
    'rds.DatabaseInstance',
    { type: 'AWS::RDS::DBInstance', keys: { ...database, publiclyAccessible: yes('PubliclyAccessible'), multiAz: yes('MultiAZ') } },
  ],
  ['rds.DatabaseCluster', { type: 'AWS::RDS::DBCluster', keys: database }],
  [
    'dynamodb.Table',
    {
      type: 'AWS::DynamoDB::Table',
      keys: {
        pointInTimeRecovery: yes('PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled'),
        encryptionKey: given('SSESpecification.KMSMasterKeyId'),
      },
    },
  ],
  [
    'efs.FileSystem',
    { type: 'AWS::EFS::FileSystem', keys: { encrypted: yes('Encrypted'), kmsKey: given('KmsKeyId') }, otherwise: { Encrypted: true } },
  ],
  ['ec2.Volume', { type: 'AWS::EC2::Volume', keys: { encrypted: yes('Encrypted'), encryptionKey: given('KmsKeyId') } }],
  [
    'ecr.Repository',
    {
      type: 'AWS::ECR::Repository',
      keys: {
        imageScanOnPush: yes('ImageScanningConfiguration.ScanOnPush'),
        imageTagMutability: { to: 'ImageTagMutability', values: { mutable: 'MUTABLE', immutable: 'IMMUTABLE' } },
      },
    },
  ],
  [
    'lambda.Function',
    {
      type: 'AWS::Lambda::Function',
      keys: {
        runtime: { to: 'Runtime', as: runtimeOf },
        environment: 'Environment.Variables',
        tracing: { to: 'TracingConfig.Mode', values: { active: 'Active', pass_through: 'PassThrough' } },
      },
    },
  ],
  [
    'cloudtrail.Trail',
    {
      type: 'AWS::CloudTrail::Trail',
      keys: {
        enableFileValidation: yes('EnableLogFileValidation'),
        isMultiRegionTrail: yes('IsMultiRegionTrail'),
        encryptionKey: given('KMSKeyId'),
      },
      otherwise: { EnableLogFileValidation: true, IsMultiRegionTrail: true, IsLogging: true },
    },
  ],
]);

/** `NODEJS_18_X` as CloudFormation has it: `nodejs18.x`. */
function runtimeOf(value: Node): Node {
  const said = text(value);
  const found = /^(NODEJS|PYTHON|JAVA|DOTNET|RUBY|GO)_(\d+)(?:_(\d+|X))?(?:_([A-Z]+))?$/.exec(said ?? '');
  if (!found) return { kind: 'unknown', span: value.span, refs: [] };
  const [, language, major, minor] = found as unknown as [string, string, string, string | undefined];
  const dotted = minor === undefined ? major : `${major}.${minor.toLowerCase()}`;
  return { kind: 'scalar', span: value.span, value: `${language.toLowerCase()}${dotted}` };
}
