// Copies the client, as it was published, to where Segue serves it from. Argument: the folder.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [target] = process.argv.slice(2)
const client = join(import.meta.dirname, 'node_modules', '@segment', 'analytics-next')
const built = join(client, 'dist', 'umd')
const { version } = JSON.parse(readFileSync(join(client, 'package.json'), 'utf8'))

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const name of readdirSync(built)) {
  if (/^(standalone|[\w-]+\.bundle\.[0-9a-f]+)\.js(\.gz)?$/.test(name)) {
    copyFileSync(join(built, name), join(target, name))
  }
}
copyFileSync(join(client, 'LICENSE.MD'), join(target, 'LICENSE.txt'))
writeFileSync(join(target, 'version.txt'), `@segment/analytics-next ${version}\n`)
