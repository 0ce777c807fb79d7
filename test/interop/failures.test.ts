import { implementations } from './build.ts'
import { failures } from './failures.ts'

for (const implementation of implementations) failures(implementation)
