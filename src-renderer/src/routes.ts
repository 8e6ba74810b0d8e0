import { createRouter, createWebHashHistory, type Router, type RouteRecordRaw } from 'vue-router'
import CompareView from './features/compare/CompareView.vue'
import ComposeView from './features/compose/ComposeView.vue'
import NotFoundView from './features/frame/NotFoundView.vue'
import HomeView from './features/home/HomeView.vue'
import RunView from './features/run/RunView.vue'
import RunsView from './features/runs/RunsView.vue'
import SettingsView from './features/settings/SettingsView.vue'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomeView, meta: { title: 'Home' } },
  { path: '/compose', name: 'compose', component: ComposeView, meta: { title: 'Compose' } },
  { path: '/runs', name: 'runs', component: RunsView, meta: { title: 'Runs' } },
  { path: '/compare', name: 'compare', component: CompareView, meta: { title: 'Compare' } },
  { path: '/runs/:runId', name: 'run', component: RunView, props: true, meta: { title: 'Run' } },
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
