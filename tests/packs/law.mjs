// The articles that the demo packs carry, word for word against the statutes as published (../shared/statutes), when
// these are there. It must never be made to pass by a change of the text: the pack is wrong, or the version is newer.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { check, equal, finish } from '../api/harness.mjs';

const published = '../shared/statutes/articles.jsonl', authority = 'packs/demo-prefecture';

function pages() {
  const common = readdirSync(`${authority}/common/law`).map((name) => `${authority}/common/law/${name}`);
  const own = readdirSync(authority).map((name) => `${authority}/${name}/law.json`).filter(existsSync);
  return [...common, ...own];
}

/* What stands otherwise in the pack than in the statute: "file ref". */
function differences(texts) {
  return pages().flatMap((file) => JSON.parse(readFileSync(file, 'utf8'))
    .filter(({ ref, text }) => !ref.startsWith('list:') && texts.get(ref) !== text)
    .map(({ ref }) => `${file} ${ref}`));
}

if (!existsSync(published)) {
  console.log(`# skipped: ${published} is not here`);
} else {
  const lines = readFileSync(published, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const texts = new Map(lines.map(({ instrument, article, text }) => [`${instrument}:${article}`, text]));
  await check('every article is carried word for word', () => equal(differences(texts), []));
  await check('a changed word is found', () => {
    texts.set('dlr162:63', texts.get('dlr162:63').replace('九十日', '三十日'));
    equal(differences(texts), [`${authority}/common/law/dlr162.json dlr162:63`]);
  });
}
finish();
