// Collects the licence of every package that ends up in the bundle, because those licences ask
// that their text travels with each copy, and the binary that embeds dist/ is such a copy.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

interface Manifest {
  name?: string;
  version?: string;
  license?: string;
}

/** The nearest folder above a module whose manifest has a name and a version. */
function packageOf(moduleId: string): { folder: string; manifest: Manifest } | null {
  const file = moduleId.replace(/^\0+/, '').replace(/\?.*$/, '');
  if (!file.includes('/node_modules/')) return null;
  for (let folder = dirname(file); folder.includes('/node_modules/'); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    if (manifest.name && manifest.version) return { folder, manifest };
  }
  return null;
}

/** A package's licence, and the notices of what it contains in turn. */
function notice(folder: string, manifest: Manifest): string {
  const files = readdirSync(folder).filter((name) =>
    /^(licen[cs]e|copying|notice|thirdpartynotices)(\.(md|txt))?$/i.test(name),
  );
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8').trim());
  const heading = `${manifest.name} ${manifest.version} (${manifest.license ?? 'licence below'})`;
  return [heading, ...texts].join('\n\n');
}

/** One plugin for the page and one for its workers; the page's bundle is written last. */
export function thirdPartyNotices(): { page: Plugin; worker: Plugin } {
  const notices = new Map<string, string>();
  const collect = (moduleIds: Iterable<string>) => {
    for (const id of moduleIds) {
      const found = packageOf(id);
      if (found) notices.set(found.folder, notice(found.folder, found.manifest));
    }
  };
  return {
    worker: {
      name: 'third-party-notices-worker',
      generateBundle() {
        collect(this.getModuleIds());
      },
    },
    page: {
      name: 'third-party-notices',
      apply: 'build',
      generateBundle() {
        collect(this.getModuleIds());
        const source = [...notices.values()].sort().join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
        this.emitFile({ type: 'asset', fileName: 'assets/THIRD-PARTY-NOTICES.txt', source });
      },
    },
  };
}
