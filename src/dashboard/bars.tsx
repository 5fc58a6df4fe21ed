/** Named values as bars. A table, so that it is the same for those who do not see it. */
import type { ComponentChildren } from 'preact';

export interface Bar {
  key: string;
  name: string;
  /** 0–1. */
  length: number | null;
  value: string;
  /** Beside the value, such as the parts of a rate. */
  more?: string | null | undefined;
  href?: string | undefined;
  tone?: 'plain' | 'late';
  rank?: ComponentChildren;
}

interface Props {
  bars: readonly Bar[];
  caption: string;
  heading: string;
  value: string;
  rank?: string;
}

export function Bars({ bars, caption, heading, value, rank }: Props) {
  return (
    <table class={rank ? 'bars ranked' : 'bars'}>
      <caption class="visually-hidden">{caption}</caption>
      <thead class="visually-hidden">
        <tr>
          {rank && <th scope="col">{rank}</th>}
          <th scope="col">{heading}</th>
          <th scope="col">{value}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ key, name, length, value: text, more, href, tone = 'plain', rank: place }) => (
          <tr key={key}>
            {rank && <td class="rank">{place}</td>}
            <th scope="row">
              <span class="name" title={name}>
                {name}
              </span>
            </th>
            <td>
              <span class="track" aria-hidden="true">
                <span class={`bar ${tone}`} style={{ width: `${Math.max(0, length ?? 0) * 100}%` }} />
              </span>
              {href ? (
                <a class="value" href={href} aria-label={`${name} ${text}`}>
                  {text}
                </a>
              ) : (
                <span class="value">{text}</span>
              )}
              {more && <small class="more">{more}</small>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
