import { implementations } from './build.ts'
import { keys } from './keys.ts'

for (const implementation of implementations) keys(implementation)
