import type { CloudModule } from './ansible-mapping.ts';

const database: CloudModule = {
  type: 'aws_db_instance',
  keys: {
    db_instance_identifier: 'identifier',
    id: 'identifier',
    engine: 'engine',
    publicly_accessible: 'publicly_accessible',
    storage_encrypted: 'storage_encrypted',
    kms_key_id: 'kms_key_id',
    backup_retention_period: 'backup_retention_period',
    auto_minor_version_upgrade: 'auto_minor_version_upgrade',
    enable_iam_database_authentication: 'iam_database_authentication_enabled',
    enable_cloudwatch_logs_exports: 'enabled_cloudwatch_logs_exports',
    deletion_protection: 'deletion_protection',
    source_db_instance_identifier: 'replicate_source_db',
    db_snapshot_identifier: 'snapshot_identifier',
    creation_source: 'restore_to_point_in_time',
    ca_certificate_identifier: 'ca_cert_identifier',
    port: 'port',
    db_subnet_group_name: 'db_subnet_group_name',
    multi_az: 'multi_az',
  },
  absent: [
    'storage_encrypted',
    'replicate_source_db',
    'snapshot_identifier',
    'restore_to_point_in_time',
    'iam_database_authentication_enabled',
    'enabled_cloudwatch_logs_exports',
  ],
};

const parameter: CloudModule = {
  type: 'aws_ssm_parameter',
  keys: { name: 'name', string_type: 'type', type: 'type', key_id: 'key_id' },
  defaults: { type: 'String' },
};

/** Databases, caches, streams, parameters and search domains, by the module's short name. */
export const awsData: readonly (readonly [string, CloudModule])[] = [
  ['rds_instance', database],
  ['ssm_parameter', parameter],
  ['aws_ssm_parameter_store', parameter],
  [
    'rds_cluster',
    {
      type: 'aws_rds_cluster',
      keys: {
        db_cluster_identifier: 'cluster_identifier',
        id: 'cluster_identifier',
        engine: 'engine',
        storage_encrypted: 'storage_encrypted',
        kms_key_id: 'kms_key_id',
        backup_retention_period: 'backup_retention_period',
        enable_iam_database_authentication: 'iam_database_authentication_enabled',
        enable_cloudwatch_logs_exports: 'enabled_cloudwatch_logs_exports',
        deletion_protection: 'deletion_protection',
        snapshot_identifier: 'snapshot_identifier',
      },
    },
  ],
  [
    'redshift',
    {
      type: 'aws_redshift_cluster',
      keys: {
        identifier: 'cluster_identifier',
        encrypted: 'encrypted',
        publicly_accessible: 'publicly_accessible',
        enhanced_vpc_routing: 'enhanced_vpc_routing',
        port: 'port',
        cluster_subnet_group_name: 'cluster_subnet_group_name',
        db_name: 'database_name',
      },
      defaults: { encrypted: false, enhanced_vpc_routing: false },
    },
  ],
  [
    'elasticache',
    {
      type: 'aws_elasticache_cluster',
      keys: {
        name: 'cluster_id',
        engine: 'engine',
        cache_engine_version: 'engine_version',
        cache_port: 'port',
        cache_subnet_group: 'subnet_group_name',
        num_nodes: 'num_cache_nodes',
      },
      absent: ['subnet_group_name', 'replication_group_id'],
    },
  ],
  [
    'kinesis_stream',
    {
      type: 'aws_kinesis_stream',
      keys: { name: 'name', encryption_type: 'encryption_type', key_id: 'kms_key_id' },
      absent: ['encryption_type'],
    },
  ],
  [
    'opensearch',
    {
      type: 'aws_opensearch_domain',
      keys: {
        domain_name: 'domain_name',
        'encryption_at_rest_options.enabled': 'encrypt_at_rest.enabled',
        'encryption_at_rest_options.kms_key_id': 'encrypt_at_rest.kms_key_id',
        'node_to_node_encryption_options.enabled': 'node_to_node_encryption.enabled',
        'domain_endpoint_options.enforce_https': 'domain_endpoint_options.enforce_https',
        'domain_endpoint_options.tls_security_policy': 'domain_endpoint_options.tls_security_policy',
        vpc_options: 'vpc_options',
        access_policies: { to: 'access_policies', json: true },
      },
      absent: ['encrypt_at_rest', 'node_to_node_encryption', 'domain_endpoint_options'],
    },
  ],
];
