// Drives the Agents Playground with a headless Chromium against the Teams channel as it runs, and asserts what is read.
//
//   npm ci && node drive.mjs            screenshots go to ./shots (not tracked); a person looks at them
//
// Exit code 0: every step held. The Playground's licence is for evaluation only; nothing of it is shipped.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const shots = join(here, 'shots');
const freePort = () => new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => done(port)); });
});
const [bot, playground] = [await freePort(), await freePort()];
const service = `http://localhost:${playground}/_connector`;
const tenant = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const children = [];

function start(command, args, options) {
  const child = spawn(command, args, options);
  children.push(child);
  let said = '';
  child.stderr.on('data', (data) => { said += data; });
  const ready = (text) => new Promise((done, failed) => {
    child.stdout.on('data', (data) => { if (String(data).includes(text)) done(); });
    child.on('exit', (code) => failed(new Error(`${command} ended with ${code}: ${said.slice(-2000)}`)));
  });
  return { child, ready };
}

// somebody else than who sits at the Playground: what Teams would send for her, signed on the way as all is
async function megan(text) {
  const person = '00000000-0000-0000-0000-000000000021';
  const activity = {
    type: 'message', id: String(Date.now()), channelId: 'msteams', serviceUrl: service, text: `<at>Regent</at> ${text}`,
    from: { id: person, name: 'Megan Bowen', aadObjectId: person },
    recipient: { id: '28:11111111-2222-3333-4444-555555555555', name: 'Regent' },
    conversation: { id: 'channel-ops', conversationType: 'channel', isGroup: true, tenantId: tenant },
    channelData: { tenant: { id: tenant } },
    entities: [{ type: 'mention', text: '<at>Regent</at>', mentioned: { id: '28:11111111-2222-3333-4444-555555555555' } }],
  };
  const answer = await fetch(`http://127.0.0.1:${bot}/api/messages`, { method: 'POST', body: JSON.stringify(activity) });
  assert.equal(answer.status, 200);
}

async function main() {
  rmSync(shots, { recursive: true, force: true });
  mkdirSync(shots);
  copyFileSync(join(here, '.m365agentsplayground.yml'), join(shots, '.m365agentsplayground.yml'));
  const python = process.env.PYTHON ?? join(root, '.venv', 'bin', 'python');
  const regent = start(python, [join(here, 'serve.py'), String(bot), service], { cwd: root });
  await regent.ready('ready');
  const cli = join(here, 'node_modules', '@microsoft', 'm365agentsplayground', 'cli.js');
  const args = ['start', '-e', `http://127.0.0.1:${bot}/api/messages`, '-c', 'msteams', '-p', String(playground), '--disable-telemetry'];
  await start(process.execPath, [cli, ...args], { cwd: shots }).ready(`Listening on ${playground}`);

  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 1500 } });
  page.setDefaultTimeout(60_000); // a busy machine is still in time
  const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });
  const seen = (text) => page.getByText(text).last().waitFor();
  const steps = [];
  const step = async (name, does) => { await does(); steps.push(name); console.log(`ok  ${name}`); };

  try {
    await page.goto(`http://localhost:${playground}/`);
    // what the Playground logs is not what people see
    await page.getByText('Log Panel').locator('xpath=..').locator('button').last().click();

    await step('whoever adds the app is greeted', async () => {
      await seen('Every figure names the AWS call');
    });
    const box = () => page.getByPlaceholder('Type a message').or(page.locator('[contenteditable=true]')).first();
    const say = async (text) => { await box().click(); await box().pressSequentially(text); await page.keyboard.press('Enter'); };

    await step('a question is answered with progress first, then the answer alone', async () => {
      await say('What did we spend in September by service?');
      await seen('Looking at your question');
      await shot('1-progress');
      await seen('Written by an AI system');
      await seen('Ask your platform team if you need a person.');
      await page.getByText('Amazon CloudFront').first().waitFor();
      await page.waitForTimeout(1500);
      assert.equal(await page.getByText('Looking at your question').count(), 0, 'the answer took the place of the progress');
      await shot('2-answer');
    });

    await step('a button shows the API calls behind the answer', async () => {
      await page.getByRole('button', { name: /^Receipts/ }).last().click();
      await seen(/ce:GetCostAndUsage/);
      await page.waitForTimeout(500);
      await shot('3-receipts');
    });

    await step('feedback is heard', async () => {
      await page.getByRole('button', { name: 'Helpful', exact: true }).last().click();
      await seen('Thank you; it goes on record.');
      await page.getByRole('button', { name: 'Not helpful' }).last().click();
      await page.getByLabel('What was wrong or missing?').last().fill('the venue is missing');
      await shot('4-feedback');
      await page.getByRole('button', { name: 'Send', exact: true }).last().click();
      await page.waitForTimeout(1000);
    });

    await step('what waits for a decision comes to the personal chat, and is approved with a reason', async () => {
      await megan('Who deleted the S3 endpoint in data-prod in September?');
      await page.getByRole('button', { name: 'Approve' }).last().waitFor();
      await seen(/what everybody did in AWS, only .DeleteVpcEndpoints., in 2026-09/);
      await page.getByLabel('Reason').last().fill('incident 4711');
      await page.waitForTimeout(500);
      await shot('5-approval');
      await page.getByRole('button', { name: 'Approve' }).last().click();
      await seen('Your decision is on record.');
      await seen(/was approved by alex/);
      assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0, 'no button is left');
      await page.waitForTimeout(500);
      await shot('6-approved');
    });

    await step('a mention in a channel is answered there', async () => {
      await page.getByText('Operations').first().click();
      await page.waitForTimeout(1000);
      await shot('7-channel');
      const post = page.locator('[contenteditable=true]').first();
      await post.click();
      await page.keyboard.type('@Regent', { delay: 30 });
      await page.waitForTimeout(800);
      // the suggestion right below the box, not a post that Regent wrote
      const { y } = await post.boundingBox();
      for (const one of await page.getByText('Regent', { exact: true }).all()) {
        const at = await one.boundingBox();
        if (at && at.y > y && at.y < y + 90) { await one.click(); break; }
      }
      await page.keyboard.type(' which alarms are firing?');
      await shot('8-mention');
      await page.getByRole('button', { name: 'Post' }).click();
      await seen('Written by an AI system');
      for (const text of ['who_did_what', 'did in AWS', 'DeleteVpcEndpoints']) assert.equal(await page.getByText(text).count(), 0, 'what is about persons is not in the channel');
      await page.waitForTimeout(1000);
      await shot('9-channel-answer');
    });
  } catch (error) {
    await shot('failed');
    throw error;
  } finally {
    await browser.close();
  }
  console.log(`${steps.length} steps held; look at ${shots}`);
}

main().then(() => 0, (error) => { console.error(error); return 1; }).then((code) => {
  for (const child of children) child.kill();
  process.exit(code);
});
