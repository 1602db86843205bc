// Pictures of what a user sees: node test/vscode/shots.mjs FOLDER OUT FILE LINE:COLUMN
import { mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ROOT } from './paths.mjs';
import { setup } from './setup.mjs';
import { openVSCode } from './vscode.mjs';

const [folder, out] = process.argv.slice(2, 4).map((path) => resolve(path));
const [file, place = '1:1'] = process.argv.slice(4);
setup();
mkdirSync(out, { recursive: true });
const vscode = await openVSCode({ folder, extension: ROOT, onLog: () => undefined });
const { page } = vscode;
const shot = (name) => page.screenshot({ path: join(out, `${name}.png`) });
const press = (keys) => page.keyboard.press(keys);
/** Runs a command of the palette by its full name. */
async function command(name) {
  await press('F1');
  await page.waitForSelector('.quick-input-widget input');
  await page.keyboard.type(name, { delay: 10 });
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor();
  await press('Enter');
}
try {
  await page.waitForSelector('.explorer-folders-view .monaco-list-row', { timeout: 60_000 });
  await press('Control+P');
  await page.waitForSelector('.quick-input-widget input');
  await page.keyboard.type(file, { delay: 20 });
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: basename(file) }).waitFor();
  await page.waitForTimeout(600);
  await press('Enter');
  await page.waitForSelector('.monaco-editor .view-line');
  // Squiggles have no box that could be seen.
  await page.waitForSelector('.squiggly-warning, .squiggly-error, .squiggly-info', { timeout: 20_000, state: 'attached' });
  await page.waitForTimeout(500);
  await shot('1-squiggle');

  await press('Control+G');
  await page.waitForTimeout(300);
  await page.keyboard.type(place);
  await press('Enter');
  await page.waitForTimeout(300);
  await press('Control+K');
  await press('Control+I');
  await page.waitForSelector('.monaco-hover:not(.hidden)');
  await page.waitForTimeout(500);
  await shot('2-hover');

  await press('Escape');
  await press('Control+.');
  await page.waitForSelector('.action-widget', { timeout: 10_000 });
  await page.waitForTimeout(400);
  await shot('3-quickfix');

  await page.locator('.action-widget .monaco-list-row', { hasText: 'on this line' }).first().click();
  await page.waitForSelector('.quick-input-widget input');
  await page.waitForTimeout(400);
  await shot('4-reason');
  await press('Escape');

  await command('Leftward: Scan Workspace');
  await page.waitForTimeout(3000);
  await command('Problems: Focus on Problems View');
  await page.waitForSelector('.markers-panel');
  await page.waitForTimeout(800);
  await shot('5-problems');

  await page.locator('.statusbar-item', { hasText: '{}' }).or(page.locator('#status\\.languageStatus')).first().hover();
  await page.waitForTimeout(1000);
  await shot('6-status');

  await command('Leftward: Explain Rule…');
  await page.waitForTimeout(800);
  await press('Enter');
  await page.waitForTimeout(2500);
  await shot('7-rule');
} catch (error) {
  await shot('failed');
  throw error;
} finally {
  await vscode.close();
}
