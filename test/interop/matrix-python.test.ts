import { matrix } from './matrix.ts'

matrix('python')
