import '../src/client/zod-without-eval.js'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import '../src/styles/tokens.css'
import '../src/styles/base.css'
import './gallery.css'
import GalleryPage from './page/GalleryPage.vue'

// For links in what is shown; they lead nowhere, and the gallery keeps its address.
const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: '/:rest(.*)*', component: GalleryPage }],
})

createApp(GalleryPage).use(createPinia()).use(router).mount('#app')
