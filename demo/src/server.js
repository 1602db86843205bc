import { exec } from 'node:child_process';
import crypto from 'node:crypto';
import https from 'node:https';
import express from 'express';
import { db } from './db.js';

const app = express();

app.get('/thumb', (req, res) => {
  const size = req.query.size ?? '100x100';
  exec('convert upload.png -resize ' + size + ' thumb.png', () => res.sendFile('thumb.png'));
});

app.get('/user', async (req, res) => {
  const rows = await db.query("SELECT * FROM users WHERE name = '" + req.query.name + "'");
  res.send('<h1>Hello ' + req.query.name + '</h1>' + JSON.stringify(rows));
});

app.post('/login', (req, res) => {
  const token = crypto.createHash('md5').update(req.body.password).digest('hex');
  res.cookie('session', token, { httpOnly: false, secure: false });
  res.redirect(req.query.next);
});

export const agent = new https.Agent({ rejectUnauthorized: false });

app.listen(3000);
