#!/usr/bin/env node
var version = process.versions.node.split('.')
if (version[0] < 22 || (version[0] == 22 && version[1] < 12)) {
  console.error(
    'p2p needs Node 22.12 or later, and this is Node ' +
      process.versions.node +
      ': install a newer one from https://nodejs.org',
  )
  process.exit(7)
}
import('node:module')
  .then(function (module) {
    module.enableCompileCache()
    return import('../dist/lib/command/main.js')
  })
  .then(function (command) {
    return command.main(import.meta.url)
  })
  .catch(function (error) {
    console.error('p2p could not be loaded: ' + error.message)
    process.exit(70)
  })
