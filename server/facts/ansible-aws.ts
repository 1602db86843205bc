import { entryOf, text, type Node } from '../engine/tree.ts';
import { awsData } from './ansible-aws-data.ts';
import { securityGroupRules, type CloudModule, type Target, type Targets } from './ansible-mapping.ts';

const disks = (encrypted: string, snapshot: string): Target => ({
  to: 'ebs_block_device',
  keys: { [encrypted]: 'encrypted', [snapshot]: 'snapshot_id', no_device: 'no_device', device_name: 'device_name' },
});

const metadata: Targets = {
  'metadata_options.http_tokens': 'metadata_options.http_tokens',
  'metadata_options.http_endpoint': 'metadata_options.http_endpoint',
};

const policy = (to: string): Target => ({ to, json: true });

const bucket: CloudModule = {
  type: 'aws_s3_bucket',
  keys: {
    name: 'bucket',
    acl: 'acl',
    policy: policy('policy'),
    versioning: 'versioning.enabled',
    encryption: {
      to: 'server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm',
      as: (value) => (text(value) === 'none' ? nothing(value) : value),
    },
    encryption_key_id: 'server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id',
  },
  absent: ['versioning', 'logging'],
  also: [
    {
      given: 'public_access',
      type: 'aws_s3_bucket_public_access_block',
      keys: {
        name: 'bucket',
        'public_access.block_public_acls': 'block_public_acls',
        'public_access.block_public_policy': 'block_public_policy',
        'public_access.ignore_public_acls': 'ignore_public_acls',
        'public_access.restrict_public_buckets': 'restrict_public_buckets',
      },
    },
  ],
};

const securityGroup: CloudModule = {
  type: 'aws_security_group',
  keys: {
    name: 'name',
    description: 'description',
    rules: { to: 'ingress', as: securityGroupRules },
    rules_egress: { to: 'egress', as: securityGroupRules },
  },
};

const instance: CloudModule = {
  type: 'aws_instance',
  keys: {
    ...metadata,
    image_id: 'ami',
    'image.id': 'ami',
    user_data: 'user_data',
    launch_template: 'launch_template',
    'network.assign_public_ip': 'associate_public_ip_address',
    volumes: disks('ebs.encrypted', 'ebs.snapshot_id'),
  },
  absent: ['metadata_options', 'launch_template'],
  existing: 'instance_ids',
};

/** The module that `ec2_instance` replaced; playbooks still have it. */
const oldInstance: CloudModule = {
  ...instance,
  keys: { image: 'ami', user_data: 'user_data', assign_public_ip: 'associate_public_ip_address', volumes: disks('encrypted', 'snapshot') },
};

const launchConfiguration: CloudModule = {
  type: 'aws_launch_configuration',
  keys: {
    ...metadata,
    name: 'name',
    user_data: 'user_data',
    assign_public_ip: 'associate_public_ip_address',
    volumes: disks('encrypted', 'snapshot'),
  },
  absent: ['metadata_options'],
};

const key: CloudModule = {
  type: 'aws_kms_key',
  keys: {
    policy: policy('policy'),
    enable_key_rotation: 'enable_key_rotation',
    enabled: 'is_enabled',
    pending_window: 'deletion_window_in_days',
    key_spec: 'customer_master_key_spec',
    key_usage: 'key_usage',
  },
  absent: ['enable_key_rotation', 'customer_master_key_spec', 'key_usage', 'custom_key_store_id'],
  existing: 'key_id',
};

const repository: CloudModule = {
  type: 'aws_ecr_repository',
  keys: {
    name: 'name',
    image_tag_mutability: { to: 'image_tag_mutability', values: { mutable: 'MUTABLE', immutable: 'IMMUTABLE' } },
    scan_on_push: 'image_scanning_configuration.scan_on_push',
    'encryption_configuration.encryption_type': 'encryption_configuration.encryption_type',
    'encryption_configuration.kms_key': 'encryption_configuration.kms_key',
  },
  absent: ['image_tag_mutability', 'image_scanning_configuration', 'encryption_configuration'],
  also: [{ given: 'policy', type: 'aws_ecr_repository_policy', keys: { name: 'repository', policy: policy('policy') } }],
};

const batchJob: CloudModule = {
  type: 'aws_batch_job_definition',
  keys: {
    job_definition_name: 'name',
    privileged: 'container_properties.privileged',
    image: 'container_properties.image',
    environment: 'container_properties.environment',
  },
};

const buildProject: CloudModule = {
  type: 'aws_codebuild_project',
  keys: {
    name: 'name',
    encryption_key: 'encryption_key',
    'artifacts.type': 'artifacts.type',
    'artifacts.encryption_disabled': 'artifacts.encryption_disabled',
    'environment.privileged_mode': 'environment.privileged_mode',
    'source.location': 'source.location',
  },
  absent: ['encryption_key'],
};

const identityPolicy: CloudModule = {
  type: 'aws_ses_identity_policy',
  keys: { policy_name: 'name', name: 'name', identity: 'identity', policy: policy('policy') },
};

const ownPolicies: ReadonlyMap<string, string> = new Map([
  ['user', 'aws_iam_user_policy'],
  ['group', 'aws_iam_group_policy'],
  ['role', 'aws_iam_role_policy'],
]);

/** By the module's short name, old names included. */
export const aws: ReadonlyMap<string, CloudModule> = new Map<string, CloudModule>([
  ...awsData,
  ['s3_bucket', bucket],
  ['s3_object', { type: 'aws_s3_object', keys: { bucket: 'bucket', object: 'key', permission: 'acl' } }],
  ['aws_s3', { type: 'aws_s3_object', keys: { bucket: 'bucket', object: 'key', permission: 'acl' } }],
  ['s3_logging', { type: 'aws_s3_bucket_logging', keys: { name: 'bucket', target_bucket: 'target_bucket' } }],
  ['ec2_group', securityGroup],
  ['ec2_security_group', securityGroup],
  ['ec2_instance', instance],
  ['ec2', oldInstance],
  ['ec2_lc', launchConfiguration],
  ['autoscaling_launch_config', launchConfiguration],
  [
    'ec2_launch_template',
    {
      type: 'aws_launch_template',
      keys: {
        ...metadata,
        template_name: 'name',
        network_interfaces: { to: 'network_interfaces', keys: { associate_public_ip_address: 'associate_public_ip_address' } },
        block_device_mappings: {
          to: 'block_device_mappings',
          keys: { 'ebs.encrypted': 'ebs.encrypted', 'ebs.snapshot_id': 'ebs.snapshot_id' },
        },
      },
      absent: ['metadata_options'],
    },
  ],
  [
    'ec2_vol',
    {
      type: 'aws_ebs_volume',
      keys: { encrypted: 'encrypted', snapshot: 'snapshot_id', kms_key_id: 'kms_key_id' },
      absent: ['encrypted', 'snapshot_id'],
      existing: 'id',
    },
  ],
  ['ec2_vpc_subnet', { type: 'aws_subnet', keys: { map_public: 'map_public_ip_on_launch' } }],
  [
    'efs',
    {
      type: 'aws_efs_file_system',
      keys: { encrypt: 'encrypted', kms_key_id: 'kms_key_id', tags: 'tags' },
      absent: ['encrypted', 'kms_key_id', 'tags', 'tags_all'],
    },
  ],
  ['kms_key', key],
  ['aws_kms', key],
  ['iam_managed_policy', { type: 'aws_iam_policy', keys: { policy_name: 'name', name: 'name', policy: policy('policy') } }],
  ['iam_role', { type: 'aws_iam_role', keys: { name: 'name', assume_role_policy_document: policy('assume_role_policy') } }],
  [
    'iam_policy',
    {
      type: (args) => ownPolicies.get(text(entryOf(args, 'iam_type')?.value) ?? ''),
      keys: { policy_name: 'name', policy_json: policy('policy') },
    },
  ],
  ['iam_access_key', { type: 'aws_iam_access_key', keys: { user_name: 'user' } }],
  [
    'iam_password_policy',
    {
      type: 'aws_iam_account_password_policy',
      keys: {
        min_pw_length: 'minimum_password_length',
        minimum_password_length: 'minimum_password_length',
        require_symbols: 'require_symbols',
        require_numbers: 'require_numbers',
        require_uppercase: 'require_uppercase_characters',
        require_lowercase: 'require_lowercase_characters',
        allow_pw_change: 'allow_users_to_change_password',
        allow_password_change: 'allow_users_to_change_password',
        pw_max_age: 'max_password_age',
        password_max_age: 'max_password_age',
        pw_reuse_prevent: 'password_reuse_prevention',
        password_reuse_prevent: 'password_reuse_prevention',
      },
      absent: [
        'minimum_password_length',
        'require_symbols',
        'require_numbers',
        'require_uppercase_characters',
        'require_lowercase_characters',
        'max_password_age',
        'password_reuse_prevention',
      ],
    },
  ],
  [
    'cloudtrail',
    {
      type: 'aws_cloudtrail',
      keys: {
        name: 'name',
        enable_logging: 'enable_logging',
        enable_log_file_validation: 'enable_log_file_validation',
        log_file_validation_enabled: 'enable_log_file_validation',
        is_multi_region_trail: 'is_multi_region_trail',
        kms_key_id: 'kms_key_id',
        cloudwatch_logs_log_group_arn: 'cloud_watch_logs_group_arn',
        include_global_events: 'include_global_service_events',
        sns_topic_name: 'sns_topic_name',
      },
      absent: ['enable_log_file_validation', 'is_multi_region_trail', 'kms_key_id', 'cloud_watch_logs_group_arn', 'sns_topic_name'],
    },
  ],
  [
    'sqs_queue',
    {
      type: 'aws_sqs_queue',
      keys: { name: 'name', policy: policy('policy'), kms_master_key_id: 'kms_master_key_id' },
      absent: ['kms_master_key_id', 'sqs_managed_sse_enabled'],
    },
  ],
  ['wafv2_resources', { type: 'aws_wafv2_web_acl_association', keys: { arn: 'resource_arn' } }],
  ['ses_identity_policy', identityPolicy],
  ['aws_ses_identity_policy', identityPolicy],
  ['sns_topic', { type: 'aws_sns_topic', keys: { name: 'name', policy: policy('policy') } }],
  [
    'lambda',
    {
      type: 'aws_lambda_function',
      keys: {
        name: 'function_name',
        runtime: 'runtime',
        tracing_mode: 'tracing_config.mode',
        environment_variables: 'environment.variables',
        kms_key_arn: 'kms_key_arn',
        tags: 'tags',
      },
      absent: ['tracing_config', 'kms_key_arn', 'tags', 'tags_all'],
    },
  ],
  [
    'lambda_policy',
    {
      type: 'aws_lambda_permission',
      keys: {
        function_name: 'function_name',
        principal: 'principal',
        action: 'action',
        source_arn: 'source_arn',
        source_account: 'source_account',
      },
      absent: ['source_arn', 'source_account', 'principal_org_id', 'function_url_auth_type'],
    },
  ],
  [
    'cloudwatchlogs_log_group',
    {
      type: 'aws_cloudwatch_log_group',
      keys: { log_group_name: 'name', retention: 'retention_in_days', kms_key_id: 'kms_key_id' },
      absent: ['retention_in_days', 'kms_key_id'],
    },
  ],
  [
    'cloudfront_distribution',
    {
      type: 'aws_cloudfront_distribution',
      keys: {
        'default_cache_behavior.viewer_protocol_policy': 'default_cache_behavior.viewer_protocol_policy',
        'default_cache_behavior.response_headers_policy_id': 'default_cache_behavior.response_headers_policy_id',
        cache_behaviors: {
          to: 'ordered_cache_behavior',
          keys: { viewer_protocol_policy: 'viewer_protocol_policy', response_headers_policy_id: 'response_headers_policy_id' },
        },
        viewer_certificate: 'viewer_certificate',
        'logging.bucket': 'logging_config.bucket',
        web_acl_id: 'web_acl_id',
        origins: {
          to: 'origin',
          keys: {
            'custom_origin_config.origin_protocol_policy': 'custom_origin_config.origin_protocol_policy',
            'custom_origin_config.origin_ssl_protocols': 'custom_origin_config.origin_ssl_protocols',
          },
        },
      },
      absent: ['logging_config', 'web_acl_id', 'viewer_certificate'],
      existing: 'distribution_id',
    },
  ],
  [
    'elb_application_lb',
    {
      type: 'aws_lb',
      keys: {
        name: 'name',
        scheme: { to: 'internal', values: { internal: true, 'internet-facing': false } },
        access_logs_enabled: 'access_logs.enabled',
        deletion_protection: 'enable_deletion_protection',
        http_drop_invalid_header_fields: 'drop_invalid_header_fields',
      },
      absent: ['access_logs', 'drop_invalid_header_fields', 'load_balancer_type'],
    },
  ],
  [
    'elb_network_lb',
    {
      type: 'aws_lb',
      keys: {
        name: 'name',
        scheme: { to: 'internal', values: { internal: true, 'internet-facing': false } },
        deletion_protection: 'enable_deletion_protection',
      },
      defaults: { load_balancer_type: 'network' },
    },
  ],
  ['ecs_ecr', repository],
  [
    'ecs_taskdefinition',
    {
      type: 'aws_ecs_task_definition',
      keys: {
        family: 'family',
        containers: 'container_definitions',
        network_mode: 'network_mode',
        launch_type: 'requires_compatibilities',
        task_role_arn: 'task_role_arn',
        execution_role_arn: 'execution_role_arn',
      },
      absent: ['network_mode', 'requires_compatibilities'],
      existing: 'arn',
    },
  ],
  [
    'ecs_service',
    {
      type: 'aws_ecs_service',
      keys: {
        name: 'name',
        desired_count: 'desired_count',
        role: 'iam_role',
        platform_version: 'platform_version',
        launch_type: 'launch_type',
        'network_configuration.assign_public_ip': 'network_configuration.assign_public_ip',
      },
    },
  ],
  ['batch_job_definition', batchJob],
  ['aws_batch_job_definition', batchJob],
  ['codebuild_project', buildProject],
  ['aws_codebuild', buildProject],
]);

function nothing({ span }: Node): Node {
  return { kind: 'scalar', span, value: null };
}
