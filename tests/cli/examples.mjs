// Runs the console examples of a document and compares what they print, stderr first. Usage: examples.mjs PROGRAM DOCUMENT…
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

const [program, ...documents] = process.argv.slice(2);
let passed = 0, failed = 0;
for (const path of documents)
  for (const [, block] of readFileSync(path, 'utf8').matchAll(/^```console\n(.*?)^```/gms))
    for (const [, command, expected] of block.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      const {stdout, stderr} = spawnSync('sh', ['-c', command.replace(/^yichuang\b/, '"$0"'), program], {encoding: 'utf8'});
      if (stderr + stdout === expected) { passed++; continue; }
      failed++;
      console.log(`FAILED ${path}: ${command}\n--- expected\n${expected}--- printed\n${stderr}${stdout}`);
    }
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
