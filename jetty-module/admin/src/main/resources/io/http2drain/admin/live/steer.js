// The buttons: what is asked before something is changed, and what comes of it.

const id = (name) => document.getElementById(name);
let token = ''; // For as long as the page is open, and nowhere else.
let pending = null;

async function send(method, url, body) {
  const headers = {};
  if (token) {
    headers.Authorization = `Bearer ${token}`;
  }
  if (body) {
    headers['Content-Type'] = 'application/json';
  }
  return fetch(url, { method, headers, body: body && JSON.stringify(body), cache: 'no-store', redirect: 'error' });
}

function requestFor(action, target) {
  const method = action === 'drain' ? 'POST' : 'DELETE';
  if (target.session !== undefined) {
    return [method, `sessions/${encodeURIComponent(target.session)}/drain`];
  }
  if (target.connector === undefined) {
    return [method, 'drain'];
  }
  return action === 'drain'
    ? [method, 'drain', { connector: target.connector }]
    : [method, `drain?connector=${encodeURIComponent(target.connector)}`];
}

/** Opens the question. The targets are {label, connector?, session?}; the first is preset. */
export function ask(action, targets, done) {
  pending = { action, targets, done };
  const drains = action === 'drain';
  id('ask-title').textContent = drains ? 'Drain?' : 'Undo the drain?';
  id('ask-text').textContent = drains
    ? 'Sessions are told to leave, and the server is not ready for new traffic, until this is undone. Requests in flight finish.'
    : 'New sessions live normally again. A session that has been cut still leaves; its client opens another one.';
  id('ask-target').replaceChildren(...targets.map((target) => {
    const option = document.createElement('option');
    option.textContent = target.label;
    return option;
  }));
  id('ask-what').hidden = false;
  id('ask-yes').textContent = drains ? 'Drain' : 'Undo';
  id('ask-error').textContent = '';
  id('ask-yes').disabled = false;
  id('ask').showModal();
}

async function answer() {
  const { action, targets, done } = pending;
  token = id('ask-token').value.trim() || token;
  id('ask-yes').disabled = true;
  try {
    const response = await send(...requestFor(action, targets[id('ask-target').selectedIndex]));
    if (response.status === 401) {
      id('ask-error').textContent = token ? 'The token is not right.' : 'The server wants a token.';
      id('ask-secret').hidden = false;
      id('ask-token').value = '';
      id('ask-token').focus();
      token = '';
    } else {
      const json = await response.json().catch(() => ({}));
      if (!response.ok) {
        id('ask-error').textContent = `${response.status}: ${json.error ?? 'refused'}`;
      } else if (json.undone === false) {
        id('ask-error').textContent = 'There was nothing to undo.';
      } else {
        id('ask').close();
      }
      done();
    }
  } catch {
    id('ask-error').textContent = 'The server does not answer.';
  } finally {
    id('ask-yes').disabled = false;
  }
}

id('ask-yes').addEventListener('click', answer);
id('ask-no').addEventListener('click', () => id('ask').close());
id('ask-token').addEventListener('keydown', (event) => {
  if (event.key === 'Enter') {
    answer();
  }
});
