// Where a test's server keeps its data: its folder, or with STORE=postgres a schema of its own in the cluster that
// tests/postgres/with has started. Both are named by the folder, so that a second start finds the first one's data.
import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';

export const onPostgres = process.env.STORE === 'postgres';

/** Ends the run as passed, with the reason, when it is to run on PostgreSQL and there is none. */
export function needStore() {
  if (!onPostgres || process.env.YC_POSTGRES) return;
  console.log('# skipped: there is no PostgreSQL server here\n0 passed, 0 failed, 1 skipped');
  process.exit(0);
}

/** Runs SQL on the cluster; gives what psql prints. */
export function sql(text, url = process.env.YC_POSTGRES) {
  const r = spawnSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', url, '-c', text], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`psql: ${r.stderr}`);
  return r.stdout.trim();
}

export function storeUrl(dir) {
  const schema = `yc_${crypto.createHash('sha256').update(dir).digest('hex').slice(0, 16)}`;
  sql(`set client_min_messages = error; create schema if not exists ${schema}`);
  return `${process.env.YC_POSTGRES}&options=-csearch_path%3D${schema}`;
}

/** The arguments that say where the data is. */
export const place = (dir) => (onPostgres ? ['--store', storeUrl(dir)] : ['--dir', dir]);
