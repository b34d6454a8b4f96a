// A process that stands still tells why in the reader's language, and its step by the service's own words.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { check, equal, holds, signedIn, startServer, temporaryFolder } from './harness.mjs';

/** The demo authority; its process asks after the proposal for what nobody has set. */
function packs() {
  const dir = `${temporaryFolder()}/packs`, path = `${dir}/traffic-first-violation/process.bpmn`;
  cpSync('packs/demo-prefecture', dir, { recursive: true });
  const text = readFileSync(path, 'utf8')
    .replace('sourceRef="propose" targetRef="decide" />', `sourceRef="propose" targetRef="which" />
      <bpmn:exclusiveGateway id="which" name="查过吗"><bpmn:incoming>to_decide</bpmn:incoming><bpmn:outgoing>yes</bpmn:outgoing></bpmn:exclusiveGateway>
      <bpmn:sequenceFlow id="yes" sourceRef="which" targetRef="decide"><bpmn:conditionExpression>=checked</bpmn:conditionExpression></bpmn:sequenceFlow>`)
    .replace('<bpmn:incoming>to_decide</bpmn:incoming>\n', '<bpmn:incoming>yes</bpmn:incoming>\n');
  writeFileSync(path, text);
  for (const [lang, name] of [['zh', '查过没有'], ['en', 'Was it checked']]) {
    const file = `${dir}/traffic-first-violation/texts/${lang}.json`, texts = JSON.parse(readFileSync(file, 'utf8'));
    texts.steps.which = name;
    writeFileSync(file, JSON.stringify(texts));
  }
  return dir;
}

export default async function (_, binary) {
  const server = await startServer(binary, temporaryFolder(), { args: ['--packs', packs()] });
  await check('what is stuck says why and where in both languages', async () => {
    const wang = await signedIn(server, 'wang'), chen = await signedIn(server, 'chen');
    const made = await wang.create({ violationCode: '1039', plate: '示A·90001', at: '2026-11-16T08:42', historyVerified: true });
    equal(made.status, 201, made.text);
    const [one] = (await chen.get('/api/v1/stuck')).json.stuck.filter((s) => s.case === made.json.id);
    equal([one.code, one.about, one.element], ['not_boolean', 'checked', 'which']);
    for (const [lang, why, step] of [['zh', '条件“checked”既不是真也不是假', '查过没有'], ['en', 'The condition “checked” is neither true nor false', 'Was it checked']]) {
      const { text } = await chen.get(`/staff/stuck?lang=${lang}`);
      holds(text.includes(why) && text.includes(step) && !text.includes('gives neither'), text);
      const process = (await chen.get(`/staff/cases/${made.json.id}/process?lang=${lang}`)).text;
      holds(process.includes(`data-name="${step}"`), process);
      if (lang === 'en') holds(!process.includes('承办人决定'), 'every step has its English name');
    }
  });
  await server.stop();
}
