/** Addresses that show the same for ever, however often the data is corrected. */
import { hrefWith, useAddress } from './address.ts';
import type { Summary } from './answers.ts';
import { Copyable } from './copyable.tsx';
import { summaryPath } from './headline.tsx';
import { useAnswer } from './service.ts';
import { Loading, Trouble } from './states.tsx';
import { say } from './words.ts';

export function Permalinks() {
  const address = useAddress();
  const { answer, problem, isEarlier } = useAnswer<Summary>(summaryPath(address));
  if (!answer || isEarlier) return problem ? <Trouble problem={problem} /> : <Loading />;
  const { asOf, revision, links } = answer;
  // Without a key the past may be closed.
  if (!links?.permalink) return <p class="soft">{say('permalinkNeedsKey')}</p>;
  const page = hrefWith({ knownAt: null, asOf, revision: String(revision) });
  return (
    <div class="requests" data-part="permalinks">
      <p>{say('permalinkNote')}</p>
      <div>
        <Copyable label={say('permalinkOfPage')} text={new URL(page, location.origin).href} />
        {!address.has('view') && (
          <Copyable label={say('permalinkOfData')} text={new URL(links.permalink, location.origin).href} />
        )}
      </div>
    </div>
  );
}
