import { implementations } from './build.ts'
import { relay } from './relay.ts'

for (const implementation of implementations) relay(implementation)
