import type { PluginChoice, TrainingConfig } from '../../../src-shared/model/experiment.js'
import type { StudyScale } from '../../../src-shared/model/study.js'
import type { DatasetInfo } from '../define.js'

/** What an experiment writes of a method. */
export type Choice = Pick<PluginChoice, 'id'> & Partial<PluginChoice>

/** Everything of a study that depends on how much time there is. */
export interface StudyProtocol {
  readonly datasets: readonly string[]
  readonly attacks: readonly string[]
  readonly defenses: readonly string[]
  readonly seeds: number
  /** How it is measured, for people; printed under the tables. */
  readonly words: readonly string[]
  dataset(id: string): Choice
  model(data: DatasetInfo): Choice
  attack(id: string, data: DatasetInfo): Choice
  defense(id: string, data: DatasetInfo): Choice
  training(data: DatasetInfo): Partial<TrainingConfig>
}

export interface StudyDefinition {
  readonly id: string
  readonly title: string
  readonly protocols: Readonly<Record<StudyScale, StudyProtocol>>
}
