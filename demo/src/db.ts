import { Pool } from 'pg';

export const db = new Pool({
  host: 'db.internal.example.com',
  user: 'shop',
  password: 'Sommer2024!shop',
});
