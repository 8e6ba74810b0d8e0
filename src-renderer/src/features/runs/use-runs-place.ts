import { onBeforeUnmount, ref, watch } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import { sortKeys, type SortKey, type Sorting } from '../../../../src-shared/runs/run-row.js'

/** A pause in typing after which the address follows. */
const FOLLOW_MS = 300
const newestFirst: Sorting = { key: 'createdAt', isDescending: true }

/** Filter, order and grouping of the list, which its address restores. */
export function useRunsPlace() {
  const route = useRoute()
  const router = useRouter()
  const filter = ref(filterOf(route.query))
  const sorting = ref<Sorting>(sortingOf(route.query))
  const isGrouped = ref(isGroupedIn(route.query))
  let timer: ReturnType<typeof setTimeout> | undefined

  watch([filter, sorting, isGrouped], () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const { key, isDescending } = sorting.value
      const isUsual = key === newestFirst.key && isDescending === newestFirst.isDescending
      void router.replace({
        query: {
          ...(filter.value === '' ? {} : { filter: filter.value }),
          ...(isUsual ? {} : { sort: `${isDescending ? '-' : ''}${key}` }),
          ...(isGrouped.value ? { group: 'experiment' } : {}),
        },
      })
    }, FOLLOW_MS)
  })
  onBeforeUnmount(() => clearTimeout(timer))

  // Back and forward, or a link to another filter.
  watch(
    () => route.query,
    (query) => {
      if (route.name !== 'runs') return
      filter.value = filterOf(query)
      sorting.value = sortingOf(query)
      isGrouped.value = isGroupedIn(query)
    },
  )
  return { filter, sorting, isGrouped }
}

function filterOf({ filter }: LocationQuery): string {
  return typeof filter === 'string' ? filter : ''
}

function sortingOf({ sort }: LocationQuery): Sorting {
  const [, minus, name] = /^(-?)(\w+)$/.exec(typeof sort === 'string' ? sort : '') ?? []
  const key = sortKeys.find((each: SortKey) => each === name)
  return key === undefined ? newestFirst : { key, isDescending: minus === '-' }
}

function isGroupedIn({ group }: LocationQuery): boolean {
  return group === 'experiment'
}
