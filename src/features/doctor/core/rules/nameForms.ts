import { inFunction, inImage, rename, withArgument } from './formParts.ts';
import { removedNames } from './removedNames.ts';
import type { Form } from './form.ts';

/** Names and methods that changed. */
export const nameForms: readonly Form[] = [
  {
    code: 'stub',
    what: 'modal.Stub',
    advice: 'It is called modal.App now.',
    targets: ['modal.Stub'],
    rewrite: rename('App'),
    history: { replacedIn: '0.62.162', warnsSince: '0.62.162', failsSince: '1.0.0' },
    examples: {
      hit: 'import modal\n\nstub = modal.Stub("example")\n',
      miss: 'import modal\n\n\nclass Stub:\n    pass\n\n\nstub = Stub()\napp = modal.App("example")\n',
    },
  },
  {
    code: 'web-endpoint',
    what: '@modal.web_endpoint',
    advice: 'It is called @modal.fastapi_endpoint now, and FastAPI has to be in the image.',
    targets: ['modal.web_endpoint'],
    rewrite: rename('fastapi_endpoint'),
    history: { replacedIn: '0.73.89', warnsSince: '0.73.89', failsSince: '1.4.0' },
    examples: {
      hit: `import modal

app = modal.App("example")


@app.function()
@modal.web_endpoint(method="POST")
def f():
    return {}
`,
      miss: `import modal

app = modal.App("example")


@app.function()
@modal.fastapi_endpoint(method="POST")
def f():
    return {}
`,
    },
  },
  {
    code: 'gpu-class',
    what: 'modal.gpu',
    advice: 'Name the GPU by a text, such as gpu="A100-80GB:2".',
    targets: ['modal.gpu'],
    rewrite: { kind: 'custom', by: 'gpuClass' },
    history: { replacedIn: '0.73.31', warnsSince: '0.73.31', failsSince: '1.4.0' },
    examples: {
      hit: inFunction('gpu', 'modal.gpu.A100(size="80GB", count=2)'),
      miss: inFunction('gpu', '"A100-80GB:2"'),
    },
  },
  {
    code: 'mount',
    what: 'modal.Mount',
    advice:
      'Add the files to the image: image.add_local_dir(…), add_local_file(…) or add_local_python_source(…).',
    targets: ['modal.Mount', 'modal.create_package_mounts'],
    rewrite: { kind: 'custom', by: 'mount' },
    history: { replacedIn: '0.72.4', warnsSince: '0.72.4', failsSince: '1.0.0' },
    examples: {
      hit: 'import modal\n\nfiles = modal.Mount.from_local_dir(".", remote_path="/root/files")\n',
      miss: inImage('.add_local_dir(".", "/root/files")'),
    },
  },
  {
    code: 'build',
    what: '@modal.build',
    advice:
      'Keep what it makes in a Volume and load it in @modal.enter, or make it with image.run_function(…).',
    targets: ['modal.build'],
    rewrite: { kind: 'custom', by: 'build' },
    history: { warnsSince: '0.72.17', failsSince: '1.1.0' },
    examples: {
      hit: `import modal

app = modal.App("example")


@app.cls()
class Model:
    @modal.build()
    def download(self):
        pass
`,
      miss: `import modal

app = modal.App("example")


def build():
    pass


@app.cls()
class Model:
    @modal.enter()
    def build(self):
        pass
`,
    },
  },
  {
    code: 'copy-local',
    what: 'Image.copy_local_file and copy_local_dir',
    advice: 'They are called add_local_file and add_local_dir now; copy=True keeps what they did.',
    targets: ['image.copy_local_file', 'image.copy_local_dir'],
    rewrite: { kind: 'custom', by: 'copyLocal' },
    history: { replacedIn: '0.72.11', warnsSince: '0.72.11', failsSince: '1.1.0' },
    examples: {
      hit: inImage('.copy_local_dir("files", "/root/files")'),
      miss: inImage('.add_local_dir("files", "/root/files", copy=True)'),
    },
  },
  {
    code: 'lookup',
    what: 'lookup',
    advice: 'It is called from_name now, and looks the object up when it is used.',
    targets: ['Function', 'Cls', 'Volume', 'Secret', 'Dict', 'Queue', 'NetworkFileSystem'].map(
      (type) => `modal.${type}.lookup`,
    ),
    rewrite: rename('from_name'),
    history: { replacedIn: '0.72.56', warnsSince: '0.72.56', failsSince: '1.2.0' },
    examples: {
      hit: 'import modal\n\nf = modal.Function.lookup("app", "f")\n',
      miss: 'import modal\n\nf = modal.Function.from_name("app", "f")\nfind = modal.App.lookup\n',
    },
  },
  {
    code: 'persisted',
    what: 'new and persisted',
    advice: 'Use from_name(…, create_if_missing=True).',
    targets: ['Volume', 'Secret', 'Dict', 'Queue', 'NetworkFileSystem', 'SharedVolume'].flatMap((type) => [
      `modal.${type}.new`,
      `modal.${type}.persisted`,
    ]),
    rewrite: { kind: 'custom', by: 'createIfMissing' },
    history: { failsSince: 'always' },
    examples: {
      hit: 'import modal\n\nvolume = modal.Volume.persisted("data")\n',
      miss: 'import modal\n\nvolume = modal.Volume.from_name("data", create_if_missing=True)\n',
    },
  },
  {
    code: 'network-file-system',
    what: 'modal.NetworkFileSystem',
    advice: 'Use modal.Volume for new data, and copy what is there.',
    targets: ['modal.NetworkFileSystem', ...withArgument('network_file_systems')],
    history: { warnsSince: '1.6.0' },
    examples: {
      hit: 'import modal\n\nfiles = modal.NetworkFileSystem.from_name("data")\n',
      miss: 'import modal\n\nfiles = modal.Volume.from_name("data")\n',
    },
  },
  {
    code: 'clustered',
    what: 'modal.experimental.clustered',
    advice: 'It is modal.clustered(size=…) now.',
    targets: ['modal.experimental.clustered'],
    rewrite: { kind: 'custom', by: 'clustered' },
    history: { replacedIn: '1.6.0', warnsSince: '1.6.0' },
    examples: {
      hit: `import modal
import modal.experimental

app = modal.App("example")


@app.function(gpu="H100:8")
@modal.experimental.clustered(size=2)
def f():
    pass
`,
      miss: `import modal

app = modal.App("example")


@app.function(gpu="H100:8")
@modal.clustered(size=2)
def f():
    pass
`,
    },
  },
  {
    code: 'conda',
    what: 'Conda images',
    advice: 'Use modal.Image.micromamba() and micromamba_install(…).',
    targets: [
      'modal.Image.conda',
      'image.conda_install',
      'image.conda_update_from_environment',
      'modal.Conda',
    ],
    history: { failsSince: 'always' },
    examples: {
      hit: 'import modal\n\nimage = modal.Image.conda()\n',
      miss: 'import modal\n\nimage = modal.Image.micromamba()\n',
    },
  },
  {
    code: 'from-dockerhub',
    what: 'Image.from_dockerhub',
    advice: 'It is called from_registry now.',
    targets: ['modal.Image.from_dockerhub'],
    rewrite: rename('from_registry'),
    history: { failsSince: 'always' },
    examples: {
      hit: 'import modal\n\nimage = modal.Image.from_dockerhub("python:3.12")\n',
      miss: 'import modal\n\nimage = modal.Image.from_registry("python:3.12")\n',
    },
  },
  ...removedNames,
  {
    code: 'web-url',
    what: 'web_url of a function',
    advice: 'Use get_web_url().',
    targets: ['function.web_url'],
    rewrite: rename('get_web_url()'),
    history: { replacedIn: '0.74.63', warnsSince: '0.74.63', failsSince: '1.4.0' },
    examples: {
      hit: `import modal

f = modal.Function.from_name("app", "f")


def main():
    return f.web_url
`,
      miss: `import modal

f = modal.Function.from_name("app", "f")


def main():
    return f.get_web_url()
`,
    },
  },
  {
    code: 'call',
    what: 'call of a function',
    advice: 'Use remote(…).',
    targets: ['function.call'],
    rewrite: rename('remote'),
    history: { failsSince: 'always' },
    examples: {
      hit: `import modal

f = modal.Function.from_name("app", "f")


def main():
    return f.call(1)
`,
      miss: `import modal

f = modal.Function.from_name("app", "f")


def main():
    return f.remote(1)
`,
    },
  },
  {
    code: 'submit',
    what: 'submit of a function',
    advice: 'Use spawn(…).',
    targets: ['function.submit'],
    rewrite: rename('spawn'),
    history: { failsSince: 'always' },
    examples: {
      hit: `import modal

f = modal.Function.from_name("app", "f")


def main():
    return f.submit(1)
`,
      miss: `import modal

f = modal.Function.from_name("app", "f")


def main():
    return f.spawn(1)
`,
    },
  },
  {
    code: 'update-autoscaler',
    what: 'update_autoscaler',
    advice: 'It is autoscaler.update(…) now.',
    targets: ['function.update_autoscaler'],
    rewrite: rename('autoscaler.update'),
    history: { replacedIn: '1.6.2', warnsSince: '1.6.2' },
    examples: {
      hit: `import modal

f = modal.Function.from_name("app", "f")


def main():
    f.update_autoscaler(min_containers=1)
`,
      miss: `import modal

f = modal.Function.from_name("app", "f")


def main():
    f.autoscaler.update(min_containers=1)
`,
    },
  },
  {
    code: 'app-attribute',
    what: 'An object set on the app',
    advice: 'Keep it in a variable of the module and name it where it is used, such as image=….',
    targets: ['app.image=', 'app.volume=', 'app.secret=', 'app.secrets=', 'app.mounts='],
    history: { ignoredSince: '1.6.0' },
    examples: {
      hit: 'import modal\n\napp = modal.App("example")\napp.image = modal.Image.debian_slim()\n',
      miss: 'import modal\n\nimage = modal.Image.debian_slim()\napp = modal.App("example", image=image)\n',
    },
  },
  {
    code: 'app-item',
    what: 'An object kept in the app by a key',
    advice: 'Keep it in a variable of the module.',
    targets: ['app[]='],
    history: { failsSince: 'always' },
    examples: {
      hit: 'import modal\n\napp = modal.App("example")\napp["data"] = modal.Volume.from_name("data")\n',
      miss: 'import modal\n\napp = modal.App("example")\ndata = {}\ndata["data"] = modal.Volume.from_name("data")\n',
    },
  },
];
