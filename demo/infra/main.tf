variable "bucket_acl" {
  default = "public-read"
}

resource "aws_s3_bucket" "uploads" {
  bucket = "shop-uploads"
  acl    = var.bucket_acl
}

resource "aws_security_group" "ssh" {
  name = "ssh"

  ingress {
    description = "ssh for the whole team"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "shop" {
  identifier          = "shop"
  engine              = "postgres"
  instance_class      = "db.t4g.small"
  allocated_storage   = 20
  username            = "shop"
  password            = "Sommer2024!shop"
  publicly_accessible = true
  storage_encrypted   = false
}

# The key for the uploads
resource "aws_kms_key" "uploads" {
  description = "uploads"
}
