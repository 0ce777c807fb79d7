import { matrix } from './matrix.ts'

matrix('go')
