# One image for every role; docker-compose.yml says which command is which. No step needs a secret, and none is kept.

# --- Fonts: the pages' one need of npm, from the lock, without running anything of the packages

FROM node:22-slim AS fonts
WORKDIR /fonts
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier

# --- Packages: wheels alone, each file checked against the lock

FROM python:3.11-slim AS packages
COPY requirements/server.txt ./
RUN python -m venv /opt/truce \
    && /opt/truce/bin/pip install --no-cache-dir --no-input --disable-pip-version-check --only-binary :all: --require-hashes -r server.txt

# --- What runs

FROM python:3.11-slim
ENV PATH=/opt/truce/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=truce.settings
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin truce \
    && install --directory --owner truce --group truce --mode 0700 /var/lib/truce/files /var/lib/truce/backups /var/lib/truce/beat
WORKDIR /srv/truce
COPY --from=packages /opt/truce /opt/truce
COPY --from=fonts /fonts/node_modules ./node_modules
COPY manage.py ./
COPY truce ./truce
COPY incidents ./incidents
COPY templates ./templates
COPY static ./static
# The addresses lead nowhere: collecting opens nothing. What is collected here is root's, so what runs cannot change it.
RUN pybabel compile --domain django --directory incidents/locale \
    && SECRET_KEY=building DATABASE_URL=postgres://nobody@127.0.0.1:9/none REDIS_URL=redis://127.0.0.1:9/0 \
       python manage.py collectstatic --no-input --verbosity 0
USER truce
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["gunicorn", "truce.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
