/* Staff actions: requests with the token that was typed, which is kept nowhere but in its field. */
(() => {
  const field = (panel, name) => panel.querySelector(`[data-staff="${name}"]`);
  const tell = (panel, text) => { panel.querySelector('.tw-staff-said').textContent = text; };
  const show = (panel, html) => { panel.querySelector('.tw-staff-shown').innerHTML = html; };

  const call = async (panel, method, path, body) => {
    const url = new URL(`staff/${path}`, document.baseURI);
    url.searchParams.set('language', panel.dataset.language);
    const reply = await fetch(url, {
      method, body, headers: { authorization: `Bearer ${field(panel, 'token').value.trim()}` },
    });
    if (reply.status === 403) throw new Error(panel.dataset.wrongToken);
    if (!reply.ok) throw new Error(panel.dataset.failed);
    return reply.json();
  };
  const outcome = (panel, change) => `${change.name}: ${panel.dataset[change.outcome] || change.outcome}${change.reason ? ` (${change.reason})` : ''}`;

  /* The build's progress until it ends; then the page shows the new documents at the next load. */
  const follow = async (panel) => {
    let work = await call(panel, 'POST', 'build');
    while (work.running) {
      const share = work.total ? ` ${work.label} ${work.done}/${work.total}` : '';
      tell(panel, panel.dataset.working + share);
      await new Promise((later) => setTimeout(later, 700));
      work = await call(panel, 'GET', 'build');
    }
    tell(panel, work.problem || panel.dataset.built);
  };
  const list = async (panel) => show(panel, (await call(panel, 'GET', 'documents')).html);
  const does = {
    list,
    repairs: async (panel, button) => show(panel, (await call(panel, 'GET', `repairs/${encodeURIComponent(button.dataset.name)}`)).html),
    remove: async (panel, button) => {
      if (!window.confirm(`${button.dataset.sure} ${button.dataset.name}`)) return;
      const change = await call(panel, 'DELETE', `documents/${encodeURIComponent(button.dataset.name)}`);
      tell(panel, outcome(panel, change));
      if (change.outcome !== 'removed') return;
      await list(panel);
      await follow(panel);
    },
    add: async (panel) => {
      const replace = field(panel, 'replace').checked ? '?replace=true' : '';
      const told = [];
      let shown = '';
      let changed = false;
      for (const file of field(panel, 'files').files) {
        tell(panel, `${file.name} …`);
        const change = await call(panel, 'PUT', `documents/${encodeURIComponent(file.name)}${replace}`, file);
        told.push(outcome(panel, change));
        shown += `<p></p>${change.html}`;
        changed = changed || change.outcome === 'added' || change.outcome === 'replaced';
      }
      show(panel, shown);
      const lines = document.createElement('p');
      lines.textContent = told.join('\n');
      panel.querySelector('.tw-staff-shown').prepend(lines);
      if (changed) await follow(panel);
      else tell(panel, '');
    },
  };
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-staff]');
    if (!button) return;
    const panel = button.closest('.tw-staff');
    try {
      await does[button.dataset.staff](panel, button);
    } catch (error) {
      tell(panel, error.message);
    }
  });
})();
