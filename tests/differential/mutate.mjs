// Breaks a BPMN file in every small way: each element taken out, each attribute taken out, emptied or led astray, each
// text emptied or spoilt, each id given twice. Text in, texts out; knows XML only as tags.

const TAG = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/g;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;

/** Elements in document order: {name, start, open, close, end, attributes: [{name, value, start, end}], parent}. */
export function elements(xml) {
  const all = [], stack = [];
  for (const m of xml.matchAll(TAG)) {
    const end = m.index + m[0].length;
    if (m[1]) {
      Object.assign(stack.pop(), {close: m.index, end});
      continue;
    }
    const at = m.index + 1 + m[2].length;
    const attributes = [...m[3].matchAll(ATTRIBUTE)].map(a => ({name: a[1], value: a[2], start: at + a.index, end: at + a.index + a[0].length}));
    const element = {name: m[2], start: m.index, open: end, close: end, end, attributes, parent: stack.at(-1)};
    all.push(element);
    if (!m[4]) stack.push(element);
  }
  return all;
}

const cut = (xml, from, to, put = '') => xml.slice(0, from) + put + xml.slice(to);
const idOf = element => element?.attributes.find(a => a.name === 'id')?.value ?? (element ? idOf(element.parent) : '');

// What is put in at the front of an element's extensions, or of the element itself.
const ADDED = [
  ['bpmn:serviceTask', '<bpmn:standardLoopCharacteristics />', 'loops'],
  ['bpmn:userTask', '<bpmn:ioSpecification><bpmn:dataInput id="in" /></bpmn:ioSpecification>', 'has a specification'],
  ['bpmn:callActivity', '<bpmn:multiInstanceLoopCharacteristics />', 'is done many times'],
  ['zeebe:taskHeaders', '<zeebe:header key="desk" value="two" /><zeebe:header key="desk" value="three" />', 'has a header twice'],
  ['bpmn:endEvent', '<bpmn:cancelEventDefinition />', 'cancels'],
  ['bpmn:boundaryEvent', '<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>', 'waits for two things'],
  ['bpmn:manualTask', '<bpmn:extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="start" type="log" /></zeebe:executionListeners></bpmn:extensionElements>', 'has a listener'],
  ['bpmn:process', '<bpmn:complexGateway id="complex" />', 'has a complex gateway'],
  ['bpmn:process', '<bpmn:transaction id="transaction" />', 'has a transaction'],
  ['bpmn:process', '<bpmn:startEvent id="second" />', 'starts twice'],
];

function* additions(xml, e, place) {
  for (const [name, text, what] of ADDED)
    if (e.name === name && e.open !== e.end) yield {what: `${place} ${what}`, xml: cut(xml, e.open, e.open, text)};
}

/** Every mutant: {what: a short name, xml, ambiguous: its ids do not tell elements apart}. */
export function* mutants(xml) {
  const all = elements(xml), ids = all.map(e => e.attributes.find(a => a.name === 'id')?.value).filter(Boolean);
  for (const e of all) {
    const place = `${e.name}(${idOf(e)})`;
    yield* additions(xml, e, place);
    if (!e.parent) continue;
    yield {what: `${place} taken out`, xml: cut(xml, e.start, e.end)};
    for (const a of e.attributes) {
      const set = value => cut(xml, a.start, a.end, `${a.name}="${value}"`);
      yield {what: `${place} without ${a.name}`, xml: cut(xml, a.start, a.end)};
      yield {what: `${place} ${a.name} empty`, xml: set('')};
      if (a.name === 'id') yield {what: `${place} id twice`, ambiguous: true, xml: set(ids.find(id => id !== a.value))};
      else if (a.value.startsWith('=')) yield {what: `${place} ${a.name} broken FEEL`, xml: set('=1 +')};
      else yield {what: `${place} ${a.name} astray`, xml: set('nowhere')};
    }
    const text = xml.slice(e.open, e.close);
    if (!text.trim() || text.includes('<')) continue;
    yield {what: `${place} text empty`, xml: cut(xml, e.open, e.close)};
    yield {what: `${place} text spoilt`, xml: cut(xml, e.open, e.close, text.startsWith('=') ? '=1 +' : 'nowhere')};
  }
}
