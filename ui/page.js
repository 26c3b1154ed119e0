/* What the page does in the browser by itself; whatever needs the server goes to a component as 'tw-ask'. */
(() => {
  const calm = () => (window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth');
  const kept = (name) => { try { return localStorage.getItem(name) || ''; } catch { return ''; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value || ''); } catch { /* private window */ } };

  /* Language: the one chosen before, else the first of the browser's that the page speaks. */
  const spoken = (tag) => {
    const name = tag.toLowerCase();
    if (name.startsWith('zh')) return /hant|tw|hk|mo/.test(name) ? 'zh-Hant' : 'zh-Hans';
    return name.startsWith('en') ? 'en' : '';
  };
  const speak = (language) => { document.documentElement.lang = language; };
  const language = () => kept('tw-language') || (navigator.languages || [navigator.language]).map(spoken).find(Boolean) || 'zh-Hans';

  /* A link carries question and place behind the #, which no server is sent. */
  const linked = () => {
    const carried = new URLSearchParams(location.hash.slice(1));
    if (!carried.get('q')) return ['', ''];
    history.replaceState(null, '', location.pathname + location.search);
    return [carried.get('q').slice(0, 2000), carried.get('place') || ''];
  };
  const link = (question, place) => {
    const carried = new URLSearchParams({ q: question });
    if (place) carried.set('place', place);
    return `${location.origin}${location.pathname}#${carried}`;
  };

  const say = (text) => {
    let toast = document.getElementById('tw-toast');
    if (!toast) {
      toast = Object.assign(document.createElement('div'), { id: 'tw-toast' });
      toast.setAttribute('role', 'status');
      document.body.append(toast);
    }
    toast.textContent = '';
    if (!text) return;
    requestAnimationFrame(() => { toast.textContent = text; toast.classList.add('tw-up'); });
    clearTimeout(toast.leaving);
    toast.leaving = setTimeout(() => toast.classList.remove('tw-up'), 4000);
  };

  const copy = async (text, told) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { /* no clipboard without https: the old way */
      const area = Object.assign(document.createElement('textarea'), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    say(told);
  };

  const openCard = (id) => {
    const card = document.getElementById(id);
    if (!card) return;
    card.open = true;
    document.querySelectorAll('.tw-shown').forEach((other) => other.classList.remove('tw-shown'));
    card.classList.add('tw-shown');
    (card.querySelector('summary') || card).focus({ preventScroll: true });
    (card.querySelector('blockquote mark') || card).scrollIntoView({ behavior: calm(), block: 'center' });
  };

  /* The same place once more: the dialog is there already, and nothing would change that could open it. */
  let shown = '';
  const reopen = (button) => {
    const wanted = JSON.stringify({ ...button.dataset });
    const dialog = document.querySelector('dialog.tw-dialog');
    const same = dialog && wanted === shown;
    shown = wanted;
    if (same) showDialog(dialog.parentElement);
    return same;
  };
  const showDialog = (within) => {
    const dialog = within.querySelector('dialog');
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const quote = dialog.querySelector('mark');
    if (quote) quote.scrollIntoView({ block: 'center' });
  };

  /* A saved page stands alone: the turn without its buttons, all cards open, marks leading to them. */
  const SAVED = `body{font:1rem/1.8 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1d2733}
blockquote{margin:.5rem 0;padding:.3rem .9rem;border-left:3px solid #1d4f8f;background:#f2f5f9;white-space:pre-line}mark{background:#ffe9a8}
details{border:1px solid #d5dce5;border-radius:8px;padding:.5rem .9rem;margin:.8rem 0}summary{list-style:none}.tw-number{font-weight:700;margin-right:.6rem}
.tw-leaf{display:block;color:#55606e}dl div{display:flex;gap:.8rem}dt{color:#55606e;white-space:nowrap}dd{margin:0}a{color:#1d4f8f;margin-left:.2rem;text-decoration:none}a::before{content:'['}a::after{content:']'}.tw-scope{margin-left:1rem;color:#55606e}`;
  const download = (file, name) => {
    const anchor = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: name });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  };
  const save = (turn) => {
    const copied = turn.cloneNode(true);
    copied.querySelectorAll('.tw-actions,.tw-feedback,button').forEach((part) => part.remove());
    copied.querySelectorAll('details').forEach((card) => { card.open = true; });
    const page = document.implementation.createHTMLDocument(turn.dataset.question);
    page.documentElement.lang = document.documentElement.lang;
    const charset = page.createElement('meta');
    charset.setAttribute('charset', 'utf-8');
    page.head.prepend(charset);
    page.head.append(Object.assign(page.createElement('style'), { textContent: SAVED }));
    page.body.append(page.importNode(copied, true));
    const file = new Blob(['<!doctype html>\n', page.documentElement.outerHTML], { type: 'text/html;charset=utf-8' });
    download(file, `${turn.dataset.question.replace(/[\\/:*?"<>|\s]+/g, ' ').trim().slice(0, 40) || 'tiaowen'}.html`);
  };
  const print = (turn) => {
    const folded = [...turn.querySelectorAll('details:not([open])')];
    folded.forEach((card) => { card.open = true; });
    const others = [...document.querySelectorAll('.tw-turn')].filter((other) => other !== turn);
    others.forEach((other) => other.classList.add('tw-unprinted'));
    window.print();
    others.forEach((other) => other.classList.remove('tw-unprinted'));
    folded.forEach((card) => { card.open = false; });
  };

  const send = (from, event, data) => {
    from.dispatchEvent(new CustomEvent('tw-ask', { bubbles: true, detail: { event, data } }));
  };
  const verdict = (button, value, note) => {
    const form = button.closest('.tw-feedback');
    send(button, 'submit', { number: form.dataset.number, verdict: value, note });
  };
  const does = {
    copy: (button, turn) => copy(turn.querySelector('.tw-copy').value, button.parentElement.dataset.copied),
    link: (button, turn) => copy(link(turn.dataset.question, button.parentElement.dataset.place), button.parentElement.dataset.linked),
    print: (button, turn) => print(turn),
    save: (button, turn) => save(turn),
    text: (button) => copy(button.dataset.content, button.dataset.copied),
    download: (button) => {
      const bytes = Uint8Array.from(atob(button.dataset.content), (char) => char.charCodeAt(0));
      download(new Blob([bytes], { type: button.dataset.type }), button.dataset.name);
    },
    close: (button) => button.closest('dialog').close(),
    right: (button) => verdict(button, 'right', ''),
    wrong: (button) => {
      const form = button.closest('.tw-feedback').querySelector('.tw-form');
      form.hidden = !form.hidden;
      button.setAttribute('aria-expanded', String(!form.hidden));
    },
    send: (button) => {
      const form = button.closest('.tw-form');
      const chosen = form.querySelector('input[type=radio]:checked');
      verdict(button, chosen ? chosen.value : '', form.querySelector('.tw-line').value);
    },
  };

  document.addEventListener('click', (event) => {
    const mark = event.target.closest('a[data-card]');
    if (mark) {
      event.preventDefault();
      openCard(mark.dataset.card);
      return;
    }
    if (event.target.matches('dialog.tw-dialog')) event.target.close();
    const button = event.target.closest('button[data-do],button[data-ask]');
    if (!button) return;
    if (button.dataset.ask === 'click' && reopen(button)) return;
    if (button.dataset.ask) send(button, button.dataset.ask, { ...button.dataset });
    else if (does[button.dataset.do]) does[button.dataset.do](button, button.closest('.tw-turn'));
  });

  /* A file chosen for a text box: the server reads it, the box gets its text. */
  document.addEventListener('change', async (event) => {
    const field = event.target;
    if (!field.matches || !field.matches('input[type=file][data-reads]') || !field.files.length) return;
    const file = field.files[0];
    try {
      const reply = await fetch(new URL(`checker/text/${encodeURIComponent(file.name)}`, document.baseURI), { method: 'PUT', body: file });
      const read = reply.ok ? await reply.json() : { text: '', problem: `${file.name}: ${reply.status}` };
      if (read.problem) { say(read.problem); return; }
      const box = document.querySelector(`#${field.dataset.reads} textarea`);
      box.value = read.text;
      box.dispatchEvent(new Event('input', { bubbles: true }));
    } catch (error) {
      say(`${file.name}: ${error.message}`);
    } finally {
      field.value = '';
    }
  });

  window.tw = { calm, keep, kept, language, linked, openCard, say, showDialog, speak };
})();
