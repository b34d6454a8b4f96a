// The catalogue: JSON, and the same as JSON-LD when Accept asks for it, in words of CPSV-AP.
import { Client, check, equal, holds, problem } from './harness.mjs';

const LD = 'application/ld+json';
const LISTS = ['services', 'evidence-types', 'channels', 'legal-resources', 'life-events', 'public-organisations'];

// Every object of an answer, with the member it stands under.
function* nodes(value, under = '') {
  if (Array.isArray(value)) for (const item of value) yield* nodes(item, under);
  else if (value && typeof value === 'object') {
    yield [under, value];
    for (const [key, member] of Object.entries(value)) if (key !== '@context') yield* nodes(member, key);
  }
}

const property = (context, key) => context[key]?.['@id'] ?? context[key];
// What JSON-LD would make of a member: an absolute IRI, or nothing.
function iri(context, key) {
  const [prefix, rest] = String(property(context, key) ?? '').split(':');
  return rest === undefined ? undefined : context[prefix] + rest;
}

export default async function (server) {
  const anybody = new Client(server);
  const get = (path, accept) => anybody.get(`/api/v1/${path}`, accept ? { Accept: accept } : {});

  for (const path of LISTS) {
    await check(`${path}: a list, as JSON and as JSON-LD with the same members`, async () => {
      const key = path.replaceAll('-', '_');
      const plain = await get(path), linked = await get(path, `${LD}, application/json;q=0.5`);
      equal([plain.status, plain.headers.get('content-type')], [200, 'application/json']);
      equal([linked.status, linked.headers.get('content-type')], [200, LD]);
      holds(/Accept(?!-)/.test(linked.headers.get('vary')), linked.headers.get('vary'));
      holds(plain.json[key].length > 0 && !JSON.stringify(plain.json).includes('"@'), plain.text.slice(0, 200));
      equal(linked.json['@context'][key], '@graph');
      const bare = JSON.parse(JSON.stringify(linked.json, (k, v) => (k.startsWith('@') ? undefined : v)));
      equal(bare, plain.json);
      for (const one of linked.json[key]) holds(one['@id'].endsWith(one.id) && /^(cpsv|cv|eli):/.test(one['@type']), JSON.stringify(one).slice(0, 200));
    });
  }
  await check('a service: CPSV-AP names lead to their IRIs', async () => {
    const { json } = await get('services/licence-renewal', LD);
    const context = json['@context'];
    equal(json['@type'], 'cpsv:PublicService');
    equal(iri(context, 'title'), 'http://purl.org/dc/terms/title');
    equal(iri(context, 'competent_authorities'), 'http://data.europa.eu/m8g/hasCompetentAuthority');
    equal(iri(context, 'output'), 'http://purl.org/vocab/cpsv#produces');
    equal(context.title['@container'], '@language');
    equal(Object.keys(json.title), ['zh', 'en']);
    holds(json.competent_authorities.length > 0 && json.legal_resources.length > 10, JSON.stringify(json).slice(0, 300));
    for (const [under, node] of nodes(json)) {
      if (!node['@id'] && !node['@type']) continue;
      holds(under === '' || iri(context, under), `${under} has no property`);
    }
  });
  await check('a cost is exact, dated, and says that nobody has verified it', async () => {
    const { json } = await get('services/licence-renewal');
    const [cost] = json.costs;
    equal([cost.value, cost.currency, cost.checked_by], [10, 'CNY', '']);
    holds(cost.source.length > 0 && cost.valid_from.length === 10, JSON.stringify(cost));
    holds(json.periods.some((p) => p.unit === 'working' && p.days === 1), JSON.stringify(json.periods));
    equal(json.processing_time, undefined, 'working days are no xsd:duration');
  });
  await check('requirements: who may have it, and which papers', async () => {
    const { json } = await get('services/licence-renewal/requirements', LD);
    const eligibility = json.requirements.filter((r) => r.kind === 'eligibility');
    holds(eligibility.some((r) => r.eligible) && eligibility.some((r) => !r.eligible), JSON.stringify(eligibility));
    equal(new Set(json.requirements.map((r) => r['@type'])), new Set(['cv:Criterion', 'cv:InformationRequirement']));
    const paper = json.requirements.find((r) => r.kind === 'evidence');
    equal(paper.evidence_type_list.specifies['@type'], 'cv:EvidenceType');
  });
  await check('legal resources carry the text and who has verified it', async () => {
    const { json } = await get('legal-resources');
    const article = json.legal_resources.find((r) => r.id === 'rtsl:90');
    holds(/处警告/.test(article.description.zh) && 'checked_by' in article, JSON.stringify(article));
  });
  await check('JSON stays what a client gets that asks for nothing, or for JSON first', async () => {
    for (const accept of [undefined, '*/*', `application/json, ${LD};q=0.1`])
      equal((await get('services', accept)).headers.get('content-type'), 'application/json', accept);
  });
  await check('no such service: 404', async () => {
    problem(await get('services/none'), 404);
    problem(await get('services/none/requirements'), 404);
  });
}
