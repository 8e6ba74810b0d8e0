import { createRouter, createWebHashHistory, type Router, type RouteRecordRaw } from 'vue-router'
import CompareView from './features/compare/CompareView.vue'
import ComposeView from './features/compose/ComposeView.vue'
import NotFoundView from './features/frame/NotFoundView.vue'
import HomeView from './features/home/HomeView.vue'
import InspectView from './features/inspect/InspectView.vue'
import ModelsView from './features/models/ModelsView.vue'
import RunView from './features/run/RunView.vue'
import RunsView from './features/runs/RunsView.vue'
import SettingsView from './features/settings/SettingsView.vue'
import PlanStudyView from './features/studies/PlanStudyView.vue'
import StudiesView from './features/studies/StudiesView.vue'
import StudyView from './features/studies/StudyView.vue'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomeView, meta: { title: 'Home' } },
  { path: '/compose', name: 'compose', component: ComposeView, meta: { title: 'Compose' } },
  { path: '/runs', name: 'runs', component: RunsView, meta: { title: 'Runs' } },
  {
    path: '/inspect/:runId?/:sample?',
    name: 'inspect',
    component: InspectView,
    props: ({ params }) => ({ runId: params['runId'] }),
    meta: { title: 'Inspect' },
  },
  { path: '/compare', name: 'compare', component: CompareView, meta: { title: 'Compare' } },
  { path: '/runs/:runId', name: 'run', component: RunView, props: true, meta: { title: 'Run' } },
  { path: '/models', name: 'models', component: ModelsView, meta: { title: 'Models' } },
  { path: '/studies', name: 'studies', component: StudiesView, meta: { title: 'Studies' } },
  // The names of studies end in their scale, so none of them is called that.
  { path: '/studies/new', name: 'plan-study', component: PlanStudyView, meta: { title: 'Plan a study' } },
  { path: '/studies/:name', name: 'study', component: StudyView, props: true, meta: { title: 'Study' } },
  { path: '/settings', name: 'settings', component: SettingsView, meta: { title: 'Settings' } },
  { path: '/:rest(.*)*', name: 'not-found', component: NotFoundView, meta: { title: 'Not found' } },
]

/** Places live behind the `#`, so that the same address works from a server and from the files of the window. */
export function createWorkbenchRouter(): Router {
  const router = createRouter({
    history: createWebHashHistory(),
    routes,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })
  router.afterEach((to) => {
    document.title = `${to.meta.title} · Unbackdoor`
  })
  return router
}
