/** Files with mounts and `@modal.build`, before and after all fixes. */
const app = 'app = modal.App("a")\n';
const head = 'import modal\n\n';
const decorated = (args: string) => `\n\n@app.function(${args})\ndef f():\n    pass\n`;
const inClass = (decorators: string) =>
  `\n\n@app.cls()\nclass M:\n${decorators}    def load(self):\n        self.x = 1\n`;

interface Mended {
  readonly before: string;
  readonly after: string;
}

export const mended: Readonly<Record<string, Mended>> = {
  'a folder, without an image': {
    before: head + app + decorated('mounts=[modal.Mount.from_local_dir("files", remote_path="/root/files")]'),
    after: head + app + decorated('image=modal.Image.debian_slim().add_local_dir("files", "/root/files")'),
  },
  'several, behind an image and before other arguments': {
    before: `${head}image = modal.Image.debian_slim()\n${app}${decorated('image=image, mounts=[modal.Mount.from_local_dir("files", remote_path="data"), modal.Mount.from_local_file("files/a.txt")], timeout=60')}`,
    after: `${head}image = modal.Image.debian_slim()\n${app}${decorated('image=image.add_local_dir("files", "/data").add_local_file("files/a.txt", "/a.txt"), timeout=60')}`,
  },
  'packages, by the image of the app': {
    before: `${head}image = modal.Image.debian_slim()\napp = modal.App("a", image=image)\n${decorated('mounts=[modal.Mount.from_local_python_packages("json", "wave")]')}`,
    after: `${head}image = modal.Image.debian_slim()\napp = modal.App("a", image=image)\n${decorated('image=image.add_local_python_source("json", "wave")')}`,
  },
  'of the app itself': {
    before: `${head}app = modal.App("a", mounts=[modal.Mount.from_local_dir("files", remote_path="/root")])\n${decorated('')}`,
    after: `${head}app = modal.App("a", image=modal.Image.debian_slim().add_local_dir("files", "/root"))\n${decorated('')}`,
  },
  'by imported names and a variable': {
    before: `import modal\nfrom modal import Image, Mount\n\nimage = Image.debian_slim()\n${app}files = Mount.from_local_dir("files", remote_path="/files")\n${decorated('image=image, mounts=[files]')}`,
    after: `import modal\nfrom modal import Image\n\nimage = Image.debian_slim()\n${app}${decorated('image=image.add_local_dir("files", "/files")')}`,
  },
  'a method that is built and entered': {
    before: head + app + inClass('    @modal.build()  # download\n    @modal.enter()\n'),
    after: head + app + inClass('    @modal.enter()\n'),
  },
  'the same by imported names': {
    before: `import modal\nfrom modal import build, enter\n\n${app}${inClass('    @enter()\n    @build()\n')}`,
    after: `import modal\nfrom modal import enter\n\n${app}${inClass('    @enter()\n')}`,
  },
};

/** Only a person knows what these shall become. */
export const left: Readonly<Record<string, string>> = {
  'a condition':
    head +
    app +
    decorated('mounts=[modal.Mount.from_local_dir("files", remote_path="/f", condition=lambda p: True)]'),
  'a place that is not read':
    head + app + decorated('mounts=[modal.Mount.from_local_dir("files", remote_path=WHERE)]'),
  'a list that is not read': head + app + decorated('mounts=MOUNTS'),
  'a mount that several share': `${head}${app}files = modal.Mount.from_local_dir("files", remote_path="/f")\n${decorated('mounts=[files]')}${decorated('mounts=[files]').replace('f()', 'g()')}`,
  'an app of another file': `import modal\nfrom common import app\n${decorated('mounts=[modal.Mount.from_local_dir("files", remote_path="/f")]')}`,
  'mounts of an app whose functions have images': `${head}app = modal.App("a", mounts=[modal.Mount.from_local_dir("files", remote_path="/f")])\n${decorated('image=modal.Image.debian_slim()')}`,
  'an import that is still needed': `import modal\nfrom modal import Mount\n\n${app}files = Mount.from_local_dir("files", remote_path="/f")\n`,
  'a method that is only built': head + app + inClass('    @modal.build()\n'),
};
