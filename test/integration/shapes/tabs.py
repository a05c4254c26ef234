import modal
app = modal.App("shape")
if True:
	@app.function(gpu="T4")
	def f(): pass
