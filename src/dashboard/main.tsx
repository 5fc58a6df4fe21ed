import { render } from 'preact';
import { followLinks } from './address.ts';
import { App } from './app.tsx';
import { followChanges } from './live.ts';
import './style.css';

followLinks();
followChanges();
render(<App />, document.getElementById('page') as HTMLElement);
