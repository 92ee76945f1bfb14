// Progress of the sending: on screen a few times per second, spoken every few seconds.
import { STATUSES } from './answer';
import { byId, make } from './dom';
import { number, percent, size, texts } from './language';
import type { Tally } from './tally';
import type { Phase } from './upload';

/** Between two changes of the screen, in milliseconds. */
const SHOWN = 150;
/** Between two announcements, in milliseconds. */
const SPOKEN = 5000;

export function announce(text: string): void {
  byId('announcer').textContent = text;
}

function phaseText(phase: Phase, rows: number): { text: string; part: number | null } {
  const words = texts();
  switch (phase.type) {
    case 'preparing':
      return { text: words.preparing(percent(phase.part)), part: phase.part };
    case 'sending': {
      const text = words.sending(size(phase.sent), size(phase.total));
      return { text, part: phase.sent / Math.max(1, phase.total) };
    }
    case 'sendingUnmeasured':
      return { text: words.sendingUnmeasured(size(phase.total)), part: null };
    case 'answering': {
      if (rows === 0) return { text: words.waiting, part: null };
      const { lines } = phase;
      if (lines === null || rows > lines) return { text: words.answered(number(rows)), part: null };
      return { text: words.answeredOf(number(rows), number(lines)), part: rows / lines };
    }
  }
}

export class Progress {
  #phase: Phase | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #spoken = 0;
  #announced: Phase['type'] | null = null;

  constructor(private readonly tally: Tally) {
    byId('progress').hidden = false;
  }

  /** Takes the phase; it is shown soon, since phases come by the thousand. */
  take = (phase: Phase): void => {
    this.#phase = phase;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.show();
    }, SHOWN);
  };

  show(): void {
    if (this.#phase === null) return;
    const { text, part } = phaseText(this.#phase, this.tally.rows);
    byId('progress-phase').textContent = text;
    const bar = byId<HTMLProgressElement>('progress-bar');
    if (part === null) bar.removeAttribute('value');
    else bar.value = Math.min(1, part);

    const counts = STATUSES.filter((status) => this.tally.counts[status] > 0).map((status) => {
      const { statusName, statusMeaning } = texts();
      const label = `${statusName[status]}: ${number(this.tally.counts[status])}`;
      const name = `badge ${status.toLowerCase()}`;
      return make('li', { class: name, title: statusMeaning[status] }, label);
    });
    byId('progress-counts').replaceChildren(...counts);

    const now = performance.now();
    if (this.#announced !== this.#phase.type || now - this.#spoken > SPOKEN) {
      announce(text);
      this.#announced = this.#phase.type;
      this.#spoken = now;
    }
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    byId('progress').hidden = true;
    byId('progress-counts').replaceChildren();
  }
}
