import '../src/client/zod-without-eval.js'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import '../src/styles/tokens.css'
import '../src/styles/base.css'
import './gallery.css'
import GalleryPage from './page/GalleryPage.vue'

createApp(GalleryPage).use(createPinia()).mount('#app')
